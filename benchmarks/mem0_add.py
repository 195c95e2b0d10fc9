"""mem0's `add(infer=True)` for each exchange of a conversation; run by `benchmarks.sleep_calls` with a Python that has
mem0: `mem0_add.py EXCHANGES.jsonl ADDRESS FOLDER`. Each line is a list of messages with role and content."""

import json
import os
import sys
from pathlib import Path


def main() -> None:
    exchanges, address, folder = sys.argv[1:]
    os.environ |= {"MEM0_TELEMETRY": "False", "MEM0_DIR": folder, "OPENAI_API_KEY": "none"}
    from mem0 import Memory  # after the environment: it reads it when it is imported

    model = {"model": "counting", "api_key": "none", "openai_base_url": address}
    store = {"path": f"{folder}/qdrant", "embedding_model_dims": 384, "on_disk": True}
    memory = Memory.from_config(
        {
            "llm": {"provider": "openai", "config": model},
            "embedder": {"provider": "openai", "config": {**model, "embedding_dims": 384}},
            "vector_store": {"provider": "qdrant", "config": store},
            "history_db_path": f"{folder}/history.db",
        }
    )
    with Path(exchanges).open(encoding="utf-8") as lines:
        for line in lines:
            memory.add(json.loads(line), user_id="user", infer=True)


if __name__ == "__main__":
    main()
