/**
 * The messages of an ONNX file that we write or read, as tables of their fields. The numbers of fields are those of the public
 * specification (`onnx.proto`, IR version 8; later versions only add fields). Texts that the specification calls bytes are read as
 * UTF-8, which every text of a model is.
 */
import type { Message } from './codec.ts';

/** An attribute of a node. Which field holds the value, `type` says. */
export interface Attribute {
  readonly name: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: string;
  readonly t?: TensorProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly string[];
  readonly type?: number;
}

/** The codes of attribute types. */
export const ATTRIBUTE_TYPES = {
  f: 1,
  i: 2,
  s: 3,
  t: 4,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

export interface TensorProto {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly stringData?: readonly string[];
  readonly int64Data?: readonly number[];
  readonly doubleData?: readonly number[];
  /** Where the numbers are, if they are in another file; we open none. */
  readonly externalData?: readonly { readonly key?: string; readonly value?: string }[];
  readonly dataLocation?: number;
}

/** The codes of element types. */
export const ELEMENT_TYPES = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
} as const;

export type ElementName = keyof typeof ELEMENT_TYPES;

export interface NodeProto {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attribute?: readonly Attribute[];
}

/** A dimension: a number, or a name for a number that is known at run time. */
export interface Dimension {
  readonly dimValue?: number;
  readonly dimParam?: string;
}

export interface ValueInfo {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim?: readonly Dimension[] };
    };
  };
}

export interface GraphProto {
  readonly node?: readonly NodeProto[];
  readonly name?: string;
  readonly initializer?: readonly TensorProto[];
  readonly docString?: string;
  readonly input?: readonly ValueInfo[];
  readonly output?: readonly ValueInfo[];
}

export interface ModelProto {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph?: GraphProto;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
  readonly metadataProps?: readonly { readonly key?: string; readonly value?: string }[];
}

const ENTRY: Message = {
  key: { number: 1, type: 'string' },
  value: { number: 2, type: 'string' },
};

const TENSOR: Message = {
  dims: { number: 1, type: 'int64', repeated: true },
  dataType: { number: 2, type: 'int64' },
  floatData: { number: 4, type: 'float', repeated: true },
  int32Data: { number: 5, type: 'int64', repeated: true },
  stringData: { number: 6, type: 'string', repeated: true },
  int64Data: { number: 7, type: 'int64', repeated: true },
  name: { number: 8, type: 'string' },
  rawData: { number: 9, type: 'bytes' },
  doubleData: { number: 10, type: 'double', repeated: true },
  externalData: { number: 13, type: () => ENTRY, repeated: true },
  dataLocation: { number: 14, type: 'int64' },
};

const ATTRIBUTE: Message = {
  name: { number: 1, type: 'string' },
  f: { number: 2, type: 'float' },
  i: { number: 3, type: 'int64' },
  s: { number: 4, type: 'string' },
  t: { number: 5, type: () => TENSOR },
  floats: { number: 7, type: 'float', repeated: true },
  ints: { number: 8, type: 'int64', repeated: true },
  strings: { number: 9, type: 'string', repeated: true },
  type: { number: 20, type: 'int64' },
};

const NODE: Message = {
  input: { number: 1, type: 'string', repeated: true },
  output: { number: 2, type: 'string', repeated: true },
  name: { number: 3, type: 'string' },
  opType: { number: 4, type: 'string' },
  attribute: { number: 5, type: () => ATTRIBUTE, repeated: true },
  domain: { number: 7, type: 'string' },
};

const DIMENSION: Message = {
  dimValue: { number: 1, type: 'int64' },
  dimParam: { number: 2, type: 'string' },
};

const SHAPE: Message = { dim: { number: 1, type: () => DIMENSION, repeated: true } };

const TENSOR_TYPE: Message = {
  elemType: { number: 1, type: 'int64' },
  shape: { number: 2, type: () => SHAPE },
};

const TYPE: Message = { tensorType: { number: 1, type: () => TENSOR_TYPE } };

const VALUE_INFO: Message = {
  name: { number: 1, type: 'string' },
  type: { number: 2, type: () => TYPE },
};

const GRAPH: Message = {
  node: { number: 1, type: () => NODE, repeated: true },
  name: { number: 2, type: 'string' },
  initializer: { number: 5, type: () => TENSOR, repeated: true },
  docString: { number: 10, type: 'string' },
  input: { number: 11, type: () => VALUE_INFO, repeated: true },
  output: { number: 12, type: () => VALUE_INFO, repeated: true },
};

const OPSET: Message = {
  domain: { number: 1, type: 'string' },
  version: { number: 2, type: 'int64' },
};

/** A whole file. Some readers expect the IR version and the producer first. */
export const MODEL: Message = {
  irVersion: { number: 1, type: 'int64' },
  producerName: { number: 2, type: 'string' },
  producerVersion: { number: 3, type: 'string' },
  graph: { number: 7, type: () => GRAPH },
  opsetImport: { number: 8, type: () => OPSET, repeated: true },
  metadataProps: { number: 14, type: () => ENTRY, repeated: true },
};
