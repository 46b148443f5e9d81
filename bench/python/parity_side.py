"""scikit-learn's MLP with every default on its own small data sets, for bench/parity/main.mjs.

For each data set and each seed it writes one line of JSON: the rows as they were divided and standardised, and the test scores of
MLPClassifier or MLPRegressor, one for each random state. The targets of a regression are standardised too, because the defaults do not learn large ones.
"""

import json
import sys
import warnings

import sklearn
from sklearn import datasets
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")

SETS = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
    "diabetes": datasets.load_diabetes,
}


def measure(name, seed, solver, states):
    x, y = SETS[name](return_X_y=True)
    is_class = name != "diabetes"
    train_x, test_x, train_y, test_y = train_test_split(
        x, y, random_state=seed, stratify=y if is_class else None
    )
    scaler = StandardScaler().fit(train_x)
    train_x, test_x = scaler.transform(train_x), scaler.transform(test_x)
    scores = []
    for state in states:
        if is_class:
            model = MLPClassifier(solver=solver, random_state=state).fit(train_x, train_y)
            scores.append(accuracy_score(test_y, model.predict(test_x)))
        else:
            units = StandardScaler().fit(train_y[:, None])
            scaled = units.transform(train_y[:, None])[:, 0]
            model = MLPRegressor(solver=solver, random_state=state).fit(train_x, scaled)
            scores.append(r2_score(test_y, units.inverse_transform(model.predict(test_x)[:, None])[:, 0]))
    return {
        "name": name,
        "states": states,
        "train": {"x": train_x.tolist(), "y": train_y.tolist()},
        "test": {"x": test_x.tolist(), "y": test_y.tolist()},
        "scores": scores,
    }


solver = sys.argv[1]
print(json.dumps({"version": sklearn.__version__}), flush=True)
for name in SETS:
    for seed in range(int(sys.argv[2])):
        states = [seed + 1000 * start for start in range(int(sys.argv[3]))]
        print(json.dumps(measure(name, seed, solver, states)), flush=True)
