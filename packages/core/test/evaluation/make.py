"""Writes scikit-learn.json: rows, and what scikit-learn says of them. For developers only: the tests read the committed file.

Made with scikit-learn 1.9.1, SciPy 1.17.1 and NumPy 2.4.6 (pip install scikit-learn); run it in this folder: python3 make.py
"""

import json
import warnings

import numpy as np
from scipy.stats import norm
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def plain(value):
    """Plain lists and numbers; what is not finite becomes None, as in a record of the library."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    if isinstance(value, (np.integer, int)):
        return int(value)
    return float(value) if np.isfinite(value) else None


def defined(figure, otherwise=np.nan):
    """The figure, or NaN where scikit-learn refuses the rows."""
    try:
        return figure()
    except ValueError:
        return otherwise


def areas(y, p, w, classes):
    """The areas of each class against the rest; not defined for a class without rows, or with all rows."""
    roc, precision = [], []
    for k in range(classes):
        truth = (y == k).astype(int)
        both = truth.min() == 0 and truth.max() == 1
        roc.append(m.roc_auc_score(truth, p[:, k], sample_weight=w) if both else np.nan)
        some = truth.max() == 1
        precision.append(
            m.average_precision_score(truth, p[:, k], sample_weight=w) if some else np.nan
        )
    return np.array(roc), np.array(precision)


def mean_known(values, weights=None):
    known = ~np.isnan(values)
    weights = np.ones(len(values)) if weights is None else weights
    total = weights[known].sum()
    return (values[known] * weights[known]).sum() / total if total > 0 else np.nan


def class_case(name, y, p, w=None):
    classes = p.shape[1]
    labels = list(range(classes))
    guess = p.argmax(axis=1)
    weights = np.ones(len(y)) if w is None else w
    roc, precision = areas(y, p, w, classes)
    report = dict(labels=labels, zero_division=0, sample_weight=w)
    each = m.precision_recall_fscore_support(y, guess, average=None, **report)
    seen = sorted(set(y) | set(guess))
    mean = dict(labels=seen, zero_division=0, sample_weight=w)
    pair = classes == 2
    figures = {
        "accuracy": m.accuracy_score(y, guess, sample_weight=w),
        "balancedAccuracy": m.balanced_accuracy_score(y, guess, sample_weight=w),
        "macroPrecision": m.precision_score(y, guess, average="macro", **mean),
        "macroRecall": m.recall_score(y, guess, average="macro", **mean),
        "macroF1": m.f1_score(y, guess, average="macro", **mean),
        "weightedPrecision": m.precision_score(y, guess, average="weighted", **report),
        "weightedRecall": m.recall_score(y, guess, average="weighted", **report),
        "weightedF1": m.f1_score(y, guess, average="weighted", **report),
        "mcc": m.matthews_corrcoef(y, guess, sample_weight=w),
        "cohenKappa": m.cohen_kappa_score(y, guess, labels=labels, sample_weight=w),
        "top3Accuracy": m.top_k_accuracy_score(y, p, k=3, labels=labels, sample_weight=w)
        if not pair
        else 1.0,
        "logLoss": m.log_loss(y, p, labels=labels, sample_weight=w),
        "brier": m.brier_score_loss(y, p, labels=labels, sample_weight=w),
        "rocAuc": roc[1] if pair else roc.mean(),
        "averagePrecision": precision[1] if pair else precision.mean(),
    }
    support = np.array([weights[y == k].sum() for k in labels])
    case = {
        "name": name,
        "targets": y,
        "probabilities": p.ravel(),
        "classes": classes,
        "sampleWeight": w,
        "figures": figures,
        "perClass": {
            "precision": each[0],
            "recall": each[1],
            "f1": each[2],
            "support": support,
            "rocAuc": roc,
            "averagePrecision": precision,
        },
        "areas": {
            "macro": [mean_known(roc), mean_known(precision)],
            "weighted": [mean_known(roc, support), mean_known(precision, support)],
        },
        "confusion": m.confusion_matrix(y, guess, labels=labels, sample_weight=w),
    }
    if pair and 0 < y.sum() < len(y):
        case["curves"] = curves(y, p[:, 1], w)
        case["thresholds"] = thresholds(y, p[:, 1], w)
        if w is None:
            case["calibration"] = calibration(y, p[:, 1])
    return {key: value for key, value in case.items() if value is not None}


def curves(y, score, w):
    fpr, tpr, at = m.roc_curve(y, score, sample_weight=w, drop_intermediate=False)
    precision, recall, cut = m.precision_recall_curve(y, score, sample_weight=w)
    return {
        "roc": [at, fpr, tpr],
        "precisionRecall": [np.append(cut, np.inf)[::-1], recall[::-1], precision[::-1]],
    }


def thresholds(y, score, w):
    rows = []
    for step in range(1, 20):
        t = step / 20
        guess = (score >= t).astype(int)
        undefined = dict(sample_weight=w, zero_division=np.nan)
        rows.append(
            [
                t,
                m.precision_score(y, guess, **undefined),
                m.recall_score(y, guess, **undefined),
                m.recall_score(1 - y, 1 - guess, **undefined),
                m.accuracy_score(y, guess, sample_weight=w),
                m.f1_score(y, guess, sample_weight=w, zero_division=0),
                m.matthews_corrcoef(y, guess, sample_weight=w),
            ]
        )
    return rows


def calibration(y, score):
    result = {}
    for strategy in ["uniform", "quantile"]:
        share, promised = calibration_curve(y, score, n_bins=10, strategy=strategy)
        result[strategy] = {"share": share, "meanProbability": promised}
    # scikit-learn has no calibration errors; they are sums over its uniform bins.
    edges = np.linspace(0, 1, 11)
    bins = np.searchsorted(edges[1:-1], score)
    counts = np.bincount(bins, minlength=10)
    counts = counts[counts > 0]
    gaps = np.abs(result["uniform"]["share"] - result["uniform"]["meanProbability"])
    result["ece"] = (gaps * counts).sum() / counts.sum()
    result["mce"] = gaps.max()
    return result


def number_case(name, t, z, w=None):
    errors = z - t
    weights = np.ones(len(t)) if w is None else w
    low, high = z - 1, z + 0.75
    held = ((low <= t) & (t <= high)).astype(float)
    edges = np.percentile(t, np.linspace(0, 100, 11))
    bins = np.searchsorted(edges[1:-1], t)
    deciles = []
    for b in range(10):
        rows = bins == b
        own = weights[rows]
        if own.sum() > 0:
            deciles.append(
                [
                    edges[b],
                    edges[b + 1],
                    own.sum(),
                    np.average(np.abs(errors[rows]), weights=own),
                    np.sqrt(np.average(errors[rows] ** 2, weights=own)),
                    np.average(errors[rows], weights=own),
                ]
            )
    count = min(30, int(np.ceil(np.sqrt(len(t)))))
    counts, histogram = np.histogram(errors, bins=count, weights=w)
    points = min(len(t), 99)
    probabilities = (np.arange(points) + 0.5) / points
    mean = np.average(errors, weights=weights)
    case = {
        "name": name,
        "targets": t,
        "predictions": z,
        "sampleWeight": w,
        "figures": {
            "mse": m.mean_squared_error(t, z, sample_weight=w),
            "rmse": m.root_mean_squared_error(t, z, sample_weight=w),
            "mae": m.mean_absolute_error(t, z, sample_weight=w),
            "medianAbsoluteError": m.median_absolute_error(t, z, sample_weight=w),
            "mape": m.mean_absolute_percentage_error(t, z, sample_weight=w),
            "r2": m.r2_score(t, z, sample_weight=w),
        },
        "pinball": [
            m.mean_pinball_loss(t, z, alpha=0.5, sample_weight=w),
            m.mean_pinball_loss(t, low, alpha=0.05, sample_weight=w),
            m.mean_pinball_loss(t, high, alpha=0.95, sample_weight=w),
        ],
        "coverage": np.average(held, weights=weights),
        "deciles": deciles,
        "residuals": {
            "mean": mean,
            "standardDeviation": np.sqrt(np.average((errors - mean) ** 2, weights=weights)),
        },
        "histogram": {"edges": histogram, "counts": counts},
        "quantiles": np.array(
            [probabilities, np.percentile(errors, probabilities * 100), norm.ppf(probabilities)]
        ).T,
    }
    return {key: value for key, value in case.items() if value is not None}


def label_case():
    y = rng.integers(0, 2, (30, 3))
    p = np.round(np.clip(0.3 * y + rng.random((30, 3)) * 0.7, 0, 1), 2)
    guess = (p >= 0.5).astype(int)
    return {
        "targets": y.ravel(),
        "probabilities": p.ravel(),
        "labels": 3,
        "figures": {
            "subsetAccuracy": m.accuracy_score(y, guess),
            "macroF1": m.f1_score(y, guess, average="macro", zero_division=0),
            "weightedPrecision": m.precision_score(y, guess, average="weighted", zero_division=0),
            "weightedF1": m.f1_score(y, guess, average="weighted", zero_division=0),
            "rocAuc": m.roc_auc_score(y, p, average="macro"),
            "averagePrecision": m.average_precision_score(y, p, average="macro"),
            "brier": np.mean((p - y) ** 2),
        },
    }


def linear_case(name, classes, w=None):
    """The same preparation as in the library: standardised columns in float32."""
    x = np.round(rng.normal(size=(40, 3)) * [1, 10, 0.1] + [0, 5, 1], 3)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    scaled = StandardScaler().fit_transform(x).astype(np.float32).astype(np.float64)
    case = {"name": name, "rows": x, "sampleWeight": w}
    if classes is None:
        t = np.round(z @ [3.0, -2.0, 0.5] + rng.normal(size=40), 3) * 100 + 5000
        ridge = Ridge(alpha=1).fit(scaled, t, sample_weight=w)
        return {"targets": t, "predictions": ridge.predict(scaled)} | case
    noise = z[:, :1] * np.arange(classes) + rng.normal(size=(40, classes)) * 1.5
    y = noise.argmax(axis=1)
    model = LogisticRegression(C=1, tol=1e-12, max_iter=100000).fit(scaled, y, sample_weight=w)
    return {"classes": classes, "targets": y, "probabilities": model.predict_proba(scaled)} | case


def probabilities(y, classes, digits):
    """Probabilities that know something of the class; few digits make ties. The last class gets what the others leave of 1."""
    logits = rng.normal(size=(len(y), classes)) + 1.2 * np.eye(classes)[y]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    p = np.floor(p * 10**digits) / 10**digits
    p[:, -1] = np.round(1 - p[:, :-1].sum(axis=1), digits)
    return p


def main():
    three = rng.integers(0, 3, 40)
    two = rng.integers(0, 2, 60)
    gap = rng.choice([0, 1, 3], 25)
    weights = np.round(rng.random(60) * 3, 2)
    weights[::7] = 0
    size = rng.normal(size=50) * 3 + 10
    guess = size + rng.normal(size=50)
    cases = {
        "classes": [
            class_case("three classes", three, probabilities(three, 3, 6)),
            class_case("three classes with ties and weights", three, probabilities(three, 3, 1), weights[:40]),
            class_case("two classes", two, probabilities(two, 2, 6)),
            class_case("two classes with ties", two, probabilities(two, 2, 1)),
            class_case("two classes with ties and weights", two, probabilities(two, 2, 1), weights),
            class_case("a class without rows", gap, probabilities(gap, 4, 6)),
            class_case("rows of one class", np.ones(12, int), probabilities(np.ones(12, int), 3, 6)),
            class_case("one row", np.array([1]), probabilities(np.array([1]), 2, 6)),
        ],
        "numbers": [
            number_case("numbers", size, guess),
            number_case("numbers with weights", size, guess, weights[:50]),
            number_case("numbers with ties", np.round(size), np.round(guess)),
            number_case("numbers of which half the weight ends between two", np.array([1.0, 2, 4, 8]), np.array([1.0, 3, 6, 12]), np.array([1.0, 1, 0, 2])),
            number_case("targets that are all equal", np.full(9, 2.5), guess[:9]),
        ],
        "labels": label_case(),
        "linear": [
            linear_case("two classes", 2),
            linear_case("three classes", 3),
            linear_case("three classes with weights", 3, weights[:40]),
            linear_case("numbers", None),
            linear_case("numbers with weights", None, weights[:40]),
        ],
    }
    cases["linear"] = [
        {key: value for key, value in case.items() if value is not None} for case in cases["linear"]
    ]
    for group in cases.values():
        for case in group if isinstance(group, list) else [group]:
            for key, value in case.items():
                case[key] = value if isinstance(value, str) else plain(value)
    with open("scikit-learn.json", "w", encoding="utf-8") as file:
        json.dump(cases, file, separators=(",", ":"))
        file.write("\n")


main()
