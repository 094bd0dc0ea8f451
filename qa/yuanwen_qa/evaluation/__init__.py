"""Question set -> outcomes -> figures, causes and reports."""
