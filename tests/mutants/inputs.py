"""Faults in what is done with hostile documents, questions and models."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

INDEX = "index/yuanwen_index"
DOCUMENTS = "tests/index/test_documents.py"

MUTANTS = (
    Mutant(
        "drop the limit of a file's size",
        f"{INDEX}/documents.py",
        "MAX_BYTES = 64 * 1024 * 1024",
        "MAX_BYTES = 1 << 60",
        f"{DOCUMENTS}::test_a_file_too_large_is_refused_before_it_is_read",
    ),
    Mutant(
        "drop the limit of lines",
        f"{INDEX}/documents.py",
        'if text.count("\\n") + text.count("\\r") > MAX_LINES:\n        raise DocumentUnreadable',
        "if False:\n        raise DocumentUnreadable",
        f"{DOCUMENTS}::test_a_file_of_too_many_lines_is_refused",
    ),
    Mutant(
        "drop the limit of what a file unpacks to",
        f"{INDEX}/formats/word_text.py",
        "if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:",
        "if False:",
        "tests/index/test_hostile_files.py::test_a_zip_bomb_is_left_out_in_no_time_and_without_memory",
    ),
    Mutant(
        "drop the limit of pages",
        f"{INDEX}/formats/pdf_text.py",
        "if count > MAX_PAGES:",
        "if False:",
        "tests/index/formats/test_pdf_text.py::test_too_many_pages_or_characters_are_refused",
    ),
    Mutant(
        "drop the limit of time",
        f"{INDEX}/formats/apart.py",
        "timeout=seconds",
        "timeout=None",
        "tests/index/formats/test_apart.py::test_a_file_that_takes_too_long_is_left_out",
    ),
    Mutant(
        "run what lies in the current folder",
        f"{INDEX}/formats/apart.py",
        "for entry in sys.path if entry)",
        "for entry in sys.path)",
        "tests/index/formats/test_apart.py::test_no_module_of_the_current_folder_is_run",
    ),
    Mutant(
        "open pipes",
        f"{INDEX}/files.py",
        "if not stat.S_ISREG(os.fstat(descriptor).st_mode):",
        "if False:",
        "tests/index/test_files.py::test_only_regular_files_are_opened",
    ),
    Mutant(
        "follow links in circles",
        f"{INDEX}/documents.py",
        "if (here.st_dev, here.st_ino) in seen and here.st_ino:",
        "if False:",
        f"{DOCUMENTS}::test_links_are_followed_but_loops_and_dead_ends_are_not",
    ),
    Mutant(
        "show names as they are",
        f"{INDEX}/documents.py",
        "    if name.isprintable():\n        return name\n",
        "    if name:\n        return name\n",
        f"{DOCUMENTS}::test_odd_names_are_shown_in_print_and_read_all_the_same",
    ),
    Mutant(
        "take NUL bytes for text",
        f"{INDEX}/formats/decoding.py",
        'if b"\\0" in data:',
        "if False:",
        "tests/index/formats/test_decoding.py",
    ),
    Mutant(
        "take any bytes for Chinese",
        f"{INDEX}/formats/decoding.py",
        "if _unlikely_chinese(text[:_SAMPLE]):",
        "if False:",
        "tests/index/formats/test_decoding.py",
    ),
    Mutant(
        "drop the limit of a question",
        "qa/yuanwen_qa/assistant.py",
        "    if len(question) > LONGEST_QUESTION:\n",
        "    if False:\n",
        "tests/qa/test_assistant.py::test_the_longest_question_passes_and_one_more_character_does_not",
    ),
    Mutant(
        "drop the refusal of pickles",
        f"{INDEX}/encoders.py",
        "if pickled := _only_pickled(folder):",
        "if pickled := None:",
        "tests/index/test_canaries.py::test_a_module_of_pickles_is_refused_by_its_name",
    ),
    Mutant(
        "let an index name a model to be fetched",
        f"{INDEX}/recipe.py",
        'if record.name.startswith("hub:"):',
        "if False:",
        "tests/index/test_hostile_files.py::test_no_index_makes_a_model_be_fetched",
    ),
)
