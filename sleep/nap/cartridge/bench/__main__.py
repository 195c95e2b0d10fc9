"""The comparison on the command line: ``python -m sleep.nap.cartridge.bench FOLDER``."""

import argparse
import sys
from pathlib import Path

from sleep.nap.cartridge.bench.campaign import Campaign, Scale, compare
from sleep.nap.cartridge.bench.report import markdown


def main() -> None:
    """Narrate on stderr, and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where cartridges and trials are kept")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--share", type=float, default=Scale().share, help="tokens of a cartridge, of its part's")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    scale = Scale(share=given.share)
    campaign = Campaign(given.folder / scale.name, range(1, given.seeds + 1), scale, given.processes)
    print(markdown(compare(campaign, lambda line: print(line, file=sys.stderr, flush=True))))


if __name__ == "__main__":
    main()
