"""What the site adds to the pages in docs/: the pages at the root of the project, whose texts are kept there alone, and
sections of the navigation that are whatever a folder holds."""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parent.parent
ROOT_PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
}
FOLDERS = {"trust/": ("SECURITY.md",), "screens/": ()}
"""Sections of the navigation: a folder with the page of its name, and the pages of the root that come first."""
_LINK = re.compile(r"(\]\()([^)#:\s]+)(#[^)]*)?(\))")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Lay out the folders of the navigation; a folder that holds nothing is left out."""
    config.nav = _laid_out(config.nav or [])
    return config


def _laid_out(items: list[Any]) -> list[Any]:
    found = []
    for item in items:
        ((title, what),) = item.items()
        if isinstance(what, list):
            found.append({title: _laid_out(what)})
        elif what not in FOLDERS:
            found.append(item)
        elif pages := _pages_of(what):
            found.append({title: pages})
    return found


def _pages_of(folder: str) -> list[str]:
    first = [ROOT_PAGES[name] for name in FOLDERS[folder] if (ROOT / name).is_file()]
    names = sorted((ROOT / "docs" / folder).glob("*.md"), key=lambda path: (path.stem != "README", path.stem))
    own = folder.rstrip("/") + ".md"
    first += [own] if (ROOT / "docs" / own).is_file() else []
    return [*first, *(folder + path.name for path in names)]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Bring the pages of the root in."""
    for name, page in ROOT_PAGES.items():
        if (ROOT / name).is_file():
            files.append(File.generated(config, page, content=(ROOT / name).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links between the root and docs/, as the site has them."""
    at_root = {target: name for name, target in ROOT_PAGES.items()}.get(page.file.src_uri)
    here = at_root or f"docs/{page.file.src_uri}"

    def moved(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(here), link[2]))
        inside = ROOT_PAGES.get(target) or target.removeprefix("docs/")
        if not (at_root or target in ROOT_PAGES):
            return link[0]
        way = posixpath.relpath(inside, posixpath.dirname(page.file.src_uri) or ".")
        return f"{link[1]}{way}{link[3] or ''}{link[4]}"

    return _LINK.sub(moved, markdown)
