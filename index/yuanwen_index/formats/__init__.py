"""The text of each kind of file: charsets, html, docx, pdf."""
