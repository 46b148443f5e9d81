"""Writes exported.json: small models as the exporters of scikit-learn and PyTorch write them, with rows and what the exporter's own
library predicts. Run by hand when an exporter changes: python packages/onnx/test/exporters.py, with torch, onnx, onnxscript, scikit-learn
and skl2onnx installed."""

import base64
import io
import json
import pathlib
import warnings

import numpy as np
import sklearn
import skl2onnx
import torch
import torch.nn as nn
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")
random = np.random.default_rng(0)
torch.manual_seed(0)
ROWS = random.normal(size=(80, 5)).astype(np.float32)
SHOWN = 6
models = []


def keep(name, exporter, content, predicted):
    models.append(
        {
            "name": name,
            "exporter": exporter,
            "onnx": base64.b64encode(content).decode(),
            "x": ROWS[:SHOWN].astype(float).tolist(),
            "y": np.asarray(predicted, float).reshape(len(ROWS), -1)[:SHOWN].tolist(),
        }
    )


def without_places(model):
    """The exporter notes the source line of every node, with the folders of the machine; nothing reads it."""
    for part in [model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output]:
        del part.metadata_props[:]
        part.doc_string = ""
    return model.SerializeToString()


three = np.array(["a", "b", "c"])[random.integers(0, 3, len(ROWS))]
two = random.integers(0, 2, len(ROWS))
numbers = ROWS @ random.normal(size=5)
estimators = {
    "three classes": (MLPClassifier((4,), max_iter=30, random_state=0), three),
    "two classes": (MLPClassifier((4,), activation="tanh", max_iter=30, random_state=0), two),
    "numbers": (MLPRegressor(hidden_layer_sizes=(4,), activation="logistic", max_iter=30, random_state=0), numbers),
    "a pipeline": (make_pipeline(StandardScaler(), MLPClassifier((4,), max_iter=30, random_state=0)), three),
}
for name, (estimator, target) in estimators.items():
    estimator.fit(ROWS, target)
    content = skl2onnx.to_onnx(estimator, ROWS[:1]).SerializeToString()
    is_classifier = hasattr(estimator, "predict_proba")
    predicted = estimator.predict_proba(ROWS) if is_classifier else estimator.predict(ROWS)
    keep(name, f"skl2onnx {skl2onnx.__version__}, scikit-learn {sklearn.__version__}", content, predicted)

networks = {
    "relu and dropout": nn.Sequential(nn.Linear(5, 4), nn.ReLU(), nn.Dropout(0.2), nn.Linear(4, 3)),
    "gelu and layer normalisation": nn.Sequential(
        nn.Linear(5, 4), nn.GELU(), nn.LayerNorm(4), nn.Linear(4, 3), nn.Softmax(-1)
    ),
    "batch normalisation, silu and elu": nn.Sequential(
        nn.BatchNorm1d(5),
        nn.Linear(5, 4, bias=False),
        nn.BatchNorm1d(4),
        nn.SiLU(),
        nn.Linear(4, 4),
        nn.ELU(),
        nn.Linear(4, 1),
        nn.Sigmoid(),
    ),
    "selu, leaky relu, softplus and tanh": nn.Sequential(
        nn.Flatten(),
        nn.Linear(5, 4),
        nn.SELU(),
        nn.Linear(4, 4),
        nn.LeakyReLU(0.2),
        nn.Linear(4, 4),
        nn.Softplus(),
        nn.Linear(4, 2),
        nn.Tanh(),
    ),
}
for name, net in networks.items():
    x = torch.tensor(ROWS)
    net.train()
    for _ in range(3):
        net(x)
    net.eval()
    predicted = net(x).detach().numpy()
    file = io.BytesIO()
    torch.onnx.export(net, (x,), file, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes={"x": {0: "N"}})
    keep(name, f"PyTorch {torch.__version__}, TorchScript", file.getvalue(), predicted)
    program = torch.onnx.export(net, (x,), dynamo=True, opset_version=18, dynamic_shapes=({0: "N"},), verbose=False)
    keep(name, f"PyTorch {torch.__version__}, torch.export", without_places(program.model_proto), predicted)

path = pathlib.Path(__file__).with_name("exported.json")
path.write_text(json.dumps(models, indent=1) + "\n")
