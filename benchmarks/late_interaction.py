"""Whether late interaction adds to the ranking: `python -m benchmarks.late_interaction --data DATA --cache FOLDER`.

For the first hundred candidates of a question the vectors of the embedder's own tokens are compared: of each token of
the question the closest token of the message, and their mean (MaxSim, Khattab and Zaharia 2020). It is one more column,
in standard deviations, fitted together with all the others on LoCoMo's conversations but one and measured on that one.

The milliseconds are of the comparison alone, the messages' token vectors being in memory already, and of the tokens of
the question. The size is of the token vectors in half precision, against the one vector of a message.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.fit_recall import COLUMNS, held_out, summary
from benchmarks.recall_cases import Case, Known, cases_of
from benchmarks.report import machine, percentile, table
from memory.ranking.model import order, weights
from memory.vectors.embedder import packaged_model

FIRST = 100
BATCH = 64


def tokens_of(model: Any, texts: Sequence[str]) -> dict[str, Any]:
    """The vectors of each text's tokens, of length one, in half precision."""
    found: dict[str, Any] = {}
    for start in range(0, len(texts), BATCH):
        part = list(texts[start : start + BATCH])
        encoded = model.encode(part, output_value="token_embeddings", show_progress_bar=False)
        for text, vectors in zip(part, encoded, strict=True):
            rows = vectors.float().cpu().numpy()
            found[text] = (rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9)).astype(np.float16)
    return found


def add_late(cases: Sequence[Case], tokens: dict[str, Any]) -> list[float]:
    """The column "late" of every case; returns the milliseconds of each."""
    spent = []
    fitted = weights().order
    for case in cases:
        first = np.argsort(-order(case.table, fitted))[:FIRST]
        asked = tokens[case.asked.text].astype(np.float32)
        rows = [tokens[case.table.candidates[i].content] for i in first]
        started = time.perf_counter()
        near = np.concatenate(rows).astype(np.float32) @ asked.T
        starts = np.cumsum([0, *(len(r) for r in rows[:-1])])
        best = np.maximum.reduceat(near, starts).mean(1)
        column = np.zeros(len(case.table.candidates))
        column[first] = (best - best.mean()) / (best.std() + 1e-9)
        spent.append((time.perf_counter() - started) * 1000)
        column[np.setdiff1d(np.arange(len(column)), first)] = column[first].min(initial=0.0)
        case.table.columns["late"] = column  # type: ignore[index]
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="homes and vectors that benchmarks.fit_recall keeps")
    options = parser.parse_args()
    from sentence_transformers import SentenceTransformer

    embedder = Known(options.cache / "questions.pickle")
    cases = list(cases_of(options.data, options.cache, embedder, ("locomo",)))
    texts = {one.content for case in cases for one in case.table.candidates}
    model = SentenceTransformer(str(packaged_model()))
    tokens = tokens_of(model, [*texts, *{case.asked.text for case in cases}])
    spent = add_late(cases, tokens)
    one = time.perf_counter()
    for case in cases[:50]:
        tokens_of(model, [case.asked.text])
    asking = (time.perf_counter() - one) * 1000 / 50
    print(f"{machine()}\n")
    plain, late = (summary(cases, held_out(cases, columns)) for columns in (COLUMNS, (*COLUMNS, "late")))
    print(table(["LoCoMo, held out", "questions", "R@10", "NDCG@10", "with late interaction", "NDCG@10"], [
        [name, plain[group][0], *(f"{means[group][i]:.3f}" for means in (plain, late) for i in (1, 2))]
        for group in sorted(plain) for name in [group[1]]
    ]))  # fmt: skip
    size = np.mean([tokens[text].nbytes for text in texts]) / (384 * 4)
    print(f"\n{FIRST} candidates: {percentile(spent, 0.5):.1f} ms, p95 {percentile(spent, 0.95):.1f} ms; "
          f"a question's tokens: {asking:.1f} ms; size {size:.1f}x of the vectors of the messages")  # fmt: skip


if __name__ == "__main__":
    main()
