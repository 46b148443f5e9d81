"""The peers of the comparison on tables: for each a function that makes a model with its library's defaults, and the preparation it gets.

Preparations: `scaled` is median and standard scaling for numbers and one-hot for categories; `onehot` is one-hot for categories alone;
`ordinal` numbers the categories; `native` gives the library categories of pandas; `text` gives it the categories as they are written;
`filled` is `native` without missing numbers, with a column that says where they were.
"""

import importlib
import os

import numpy as np
import pandas as pd

THREADS = int(os.environ.get("OMP_NUM_THREADS", "2"))
LEVELS = 65
"""The most columns that one-hot makes of one column; rarer levels share the last."""
ABSENT = "(missing)"


class Columns:
    """Which columns are numbers, learned on the rows for training. A column is of numbers if all its cells are, but for missing ones."""

    def fit(self, table):
        present = [name for name in table if table[name].notna().any()]
        converted = {name: pd.to_numeric(table[name], errors="coerce") for name in present}
        self.numbers = [name for name in present if converted[name].notna().eq(table[name].notna()).all()]
        self.categories = [name for name in present if name not in self.numbers]
        self.levels = {name: sorted(table[name].fillna(ABSENT).unique()) for name in self.categories}
        return self

    def transform(self, table):
        numbers = {name: pd.to_numeric(table[name], errors="coerce").astype(float) for name in self.numbers}
        return pd.DataFrame({**numbers, **{name: table[name].fillna(ABSENT) for name in self.categories}})


def encoder(columns, kind):
    """The transformer of scikit-learn for a preparation that makes a matrix, or that changes nothing."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

    if kind == "text":
        return FunctionTransformer()
    onehot = OneHotEncoder(max_categories=LEVELS, handle_unknown="infrequent_if_exist", sparse_output=False)
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler()) if kind == "scaled" else "passthrough"
    return ColumnTransformer(
        [
            ("numbers", numbers, columns.numbers),
            ("categories", ordinal if kind == "ordinal" else onehot, columns.categories),
        ]
    )


class Native:
    """Categories of pandas, with the levels of the training rows; `filled` also replaces missing numbers by the median."""

    def __init__(self, columns, filled):
        self.columns = columns
        self.filled = filled

    def fit_transform(self, table):
        self.medians = table[self.columns.numbers].median()
        self.gaps = [name for name in self.columns.numbers if table[name].isna().any()]
        return self.transform(table)

    def transform(self, table):
        table = table.copy()
        for name in self.columns.categories:
            table[name] = pd.Categorical(table[name], categories=self.columns.levels[name])
        if self.filled:
            gaps = {f"{name}_gap": table[name].isna().astype(float) for name in self.gaps}
            table[self.columns.numbers] = table[self.columns.numbers].fillna(self.medians)
            table = table.assign(**gaps)
            # These libraries take no missing category; a level that no training row has becomes the first one.
            for name in self.columns.categories:
                table[name] = table[name].fillna(self.columns.levels[name][0])
        return table


def linear(task, seed):
    from sklearn.linear_model import LogisticRegression, Ridge

    return Ridge() if task == "regression" else LogisticRegression(max_iter=1000)


def mlp(task, seed):
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler

    if task != "regression":
        return MLPClassifier(random_state=seed)
    return TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())


def forest(task, seed):
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestRegressor if task == "regression" else RandomForestClassifier
    return kind(random_state=seed, n_jobs=THREADS)


def hist_gradient_boosting(task, seed):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    return (HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier)(random_state=seed)


def lightgbm(task, seed):
    import lightgbm

    kind = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    return kind(random_state=seed, n_jobs=THREADS, verbose=-1)


def xgboost(task, seed):
    import xgboost

    return (xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier)(random_state=seed, n_jobs=THREADS)


def catboost(task, seed):
    import catboost

    kind = catboost.CatBoostRegressor if task == "regression" else catboost.CatBoostClassifier
    return kind(random_seed=seed, thread_count=THREADS, verbose=False, allow_writing_files=False)


def realmlp(task, seed):
    import pytabkit

    kind = pytabkit.RealMLP_TD_Regressor if task == "regression" else pytabkit.RealMLP_TD_Classifier
    return kind(random_state=seed, n_threads=THREADS, device="cpu", n_cv=1)


def tabm(task, seed):
    import pytabkit

    kind = pytabkit.TabM_D_Regressor if task == "regression" else pytabkit.TabM_D_Classifier
    return kind(random_state=seed, n_threads=THREADS, device="cpu", n_cv=1)


PEERS = {
    "linear": (linear, "scaled", ["sklearn.linear_model"]),
    "mlp": (mlp, "scaled", ["sklearn.neural_network"]),
    "forest": (forest, "ordinal", ["sklearn.ensemble"]),
    "hgb": (hist_gradient_boosting, "ordinal", ["sklearn.ensemble"]),
    "lightgbm": (lightgbm, "native", ["lightgbm"]),
    "xgboost": (xgboost, "onehot", ["xgboost"]),
    "catboost": (catboost, "text", ["catboost"]),
    "realmlp": (realmlp, "filled", ["pytabkit", "torch"]),
    "tabm": (tabm, "filled", ["pytabkit", "tabm", "torch"]),
}
"""For each peer: the function that makes its model, its preparation, and its modules."""


def describe(peer):
    """The versions of the modules of a peer, which are imported here. @raises ImportError"""
    roots = dict.fromkeys(name.split(".")[0] for name in PEERS[peer][2])
    for name in [*PEERS[peer][2], "sklearn.compose", "sklearn.impute", "sklearn.preprocessing"]:
        importlib.import_module(name)
    from importlib.metadata import version

    return ", ".join(f"{name} {version('scikit-learn' if name == 'sklearn' else name)}" for name in roots)


class Peer:
    """A model with its preparation, for tables of text."""

    def __init__(self, name, task, seed):
        self.make, self.kind, _ = PEERS[name]
        self.name, self.task, self.seed = name, task, seed

    def fit(self, table, target):
        self.columns = Columns().fit(table)
        matrix = self.columns.transform(table)
        native = self.kind in ("native", "filled")
        self.encoder = Native(self.columns, self.kind == "filled") if native else encoder(self.columns, self.kind)
        matrix = self.encoder.fit_transform(matrix)
        if self.task == "regression":
            labels = target.astype(float).to_numpy()
        else:
            self.classes, labels = np.unique(target, return_inverse=True)
        self.model = self.make(self.task, self.seed)
        given = {"cat_features": self.columns.categories} if self.name == "catboost" else {}
        self.model.fit(matrix, labels, **given)

    def predict(self, table):
        matrix = self.encoder.transform(self.columns.transform(table))
        if self.task == "regression":
            return {"predictions": np.ravel(self.model.predict(matrix)).astype(float).tolist()}
        probabilities = np.asarray(self.model.predict_proba(matrix), dtype=float)
        return {
            "predictions": self.classes[probabilities.argmax(axis=1)].tolist(),
            "classes": self.classes.tolist(),
            "probabilities": probabilities.tolist(),
        }
