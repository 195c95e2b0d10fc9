"""Import and export: other programs' chats into the home, and everything a home holds out of it and back."""

from memory.transfer.export import ExportFormat, export_home
from memory.transfer.importer import import_path
from memory.transfer.report import ExportReport, ImportProgress, ImportReport, Skip

__all__ = ["ExportFormat", "ExportReport", "ImportProgress", "ImportReport", "Skip", "export_home", "import_path"]
