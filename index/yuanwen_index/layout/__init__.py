"""From the lines of a page to its headlines, datelines, bylines, bodies and paragraphs."""
