"""Writes the Parquet files beside it, and the same table as CSV. For developers only: the tests read the committed files.

Made with pyarrow 26.0.1 (pip install pyarrow); run it in this folder: python3 make.py
"""

import datetime
import decimal

import pyarrow as pa
import pyarrow.parquet as pq

D = decimal.Decimal
UTC = datetime.timezone.utc

types = pa.table(
    {
        "flag": pa.array([True, None, False]),
        "small": pa.array([-7, 8, None], pa.int8()),
        "unsigned": pa.array([4294967295, 0, 1], pa.uint32()),
        "id": pa.array([9007199254740993, None, -5], pa.int64()),
        "huge": pa.array([18446744073709551615, 1, 2], pa.uint64()),
        "half": pa.array([0.5, None, -2.0], pa.float32()),
        "real": pa.array([0.1, float("nan"), 1e300], pa.float64()),
        "price": pa.array([D("1.50"), D("-0.05"), None], pa.decimal128(9, 2)),
        "long": pa.array([D("12345678901234567890.25"), None, D("0.00")], pa.decimal128(30, 2)),
        "day": pa.array([datetime.date(2024, 2, 29), None, datetime.date(1969, 12, 31)]),
        "milli": pa.array([1709209800123, None, -1], pa.timestamp("ms")),
        "micro": pa.array([1709209800123456, None, -1], pa.timestamp("us", "UTC")),
        "nano": pa.array([1709209800000000000, None, 0], pa.timestamp("ns")),
        "time": pa.array([datetime.time(12, 30), None, datetime.time(0, 0, 1)]),
        "text": pa.array(["Åland", None, "007 x"]),
        "fur": pa.array(["long", None, "short"]).dictionary_encode(),
        "nothing": pa.nulls(3),
    }
)
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    pq.write_table(types, f"types-{codec}.parquet", compression=codec, store_schema=False)
pq.write_table(
    types,
    "types-other-encodings.parquet",
    use_dictionary=False,
    data_page_version="2.0",
    version="1.0",
    coerce_timestamps="ms",
    allow_truncated_timestamps=True,
    store_schema=False,
)
pq.write_table(types.select(["nano"]), "int96.parquet", use_deprecated_int96_timestamps=True)

nested = pa.table({"a": [1, 2], "list": [[1], [2, 3]], "record": [{"x": 1}, {"x": 2}]})
pq.write_table(nested, "nested.parquet")
pq.write_table(pa.table({"a": [1], "raw": [b"\xff\xfe"]}), "bytes.parquet")
pq.write_table(pa.table({"a": [1.0, float("inf")]}), "infinite.parquet")

index = pa.table({"a": [1.5, 2.5, 3.5], "__index_level_0__": [0, 1, 2]})
pq.write_table(index, "pandas-index.parquet")

# 300 rows in groups of 128, so that batches and groups have different ends.
rows = range(300)
shop = pa.table(
    {
        "amount": pa.array([None if r % 17 == 0 else (r * 37 % 101) / 4 for r in rows]),
        "count": pa.array([r * 7 % 13 for r in rows], pa.int32()),
        "day": pa.array([datetime.date(2024, 1, 1) + datetime.timedelta(r) for r in rows]),
        "kind": pa.array([["red", "green", "blue"][r % 3] for r in rows]).dictionary_encode(),
        "sold": pa.array([r * 37 % 101 > 50 for r in rows]),
    }
)
pq.write_table(shop, "shop.parquet", row_group_size=128)
with open("shop.csv", "w", encoding="utf-8") as file:
    print(",".join(shop.column_names), file=file)
    for row in shop.to_pylist():
        cells = [str(v).lower() if isinstance(v, bool) else "" if v is None else v for v in row.values()]
        print(*cells, sep=",", file=file)
