"""Faults of the index folder."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

INDEX = "index/yuanwen_index"
POWER_CUTS = "tests/test_soak.py::test_a_promise_is_kept[power_cuts]"
STORE = "tests/index/test_store.py"

MUTANTS = (
    Mutant(
        "drop the sync of files",
        f"{INDEX}/store.py",
        "    os.fsync(file.fileno())\n",
        "    pass\n",
        POWER_CUTS,
    ),
    Mutant(
        "drop the sync of folders",
        f"{INDEX}/store.py",
        "        os.fsync(descriptor)\n",
        "        pass\n",
        POWER_CUTS,
    ),
    Mutant(
        "drop the checksum of files",
        f"{INDEX}/store.py",
        "if hashlib.sha256(data.data).hexdigest() != expected.sha256:",
        "if False:",
        f"{STORE}::test_a_flipped_bit_in_any_file_is_refused_by_the_name_of_the_file",
    ),
    Mutant(
        "drop the checksum of the manifest",
        f"{INDEX}/store.py",
        "if hashlib.sha256(data).hexdigest() != manifest_sum:",
        "if False:",
        STORE,
    ),
    Mutant(
        "drop the size of files",
        f"{INDEX}/store.py",
        "if size != expected.size:",
        "if False:",
        f"{STORE}::test_a_file_of_another_length_or_kind_is_refused",
    ),
    Mutant(
        "publish before the files are in place",
        f"{INDEX}/store.py",
        'f"{_TEMPORARY}{CURRENT}").replace(self._folder / CURRENT)',
        'f"{_TEMPORARY}{CURRENT}").replace(self._folder / "CURRENT-")',
        STORE,
    ),
    Mutant(
        "drop the lock",
        f"{INDEX}/lock.py",
        "if _acquire(file.fileno()):",
        "if True:",
        f"{STORE}::test_a_second_writer_is_told_who_holds_the_lock",
    ),
    Mutant(
        "drop the holder's name",
        f"{INDEX}/lock.py",
        "        file.flush()\n",
        "",
        f"{STORE}::test_a_second_writer_is_told_who_holds_the_lock",
    ),
    Mutant(
        "drop the check of the encoder",
        f"{INDEX}/recipe.py",
        "if (encoder.dim, encoder.fingerprint) != (recorded.dim, recorded.fingerprint):",
        "if False:",
        "tests/index/test_retriever.py::test_another_encoder_is_refused_naming_both",
    ),
    Mutant(
        "drop the check of the rules",
        f"{INDEX}/recipe.py",
        "if json.dumps(theirs, sort_keys=True) != json.dumps(ours, sort_keys=True):",
        "if False:",
        f"{STORE}::test_an_index_made_by_other_rules_is_refused_naming_both_sides",
    ),
    Mutant(
        "drop the check of the format",
        f"{INDEX}/store.py",
        "    if form != FORMAT:\n",
        "    if False:\n",
        "tests/index/test_old_formats.py::test_another_format_is_told_by_its_first_line_whatever_else_it_holds",
    ),
    Mutant(
        "mix two generations while reloading",
        f"{INDEX}/retriever.py",
        "            self._opened = newer or self._opened\n",
        "            if newer:\n                self._opened.corpus = newer.corpus\n",
        "tests/index/test_retriever.py::test_reload_takes_up_the_new_generation_and_tells",
    ),
    Mutant(
        "be one off in the offset map",
        f"{INDEX}/articles.py",
        "return layout.file_starts[run] + index - layout.text_starts[run]",
        "return layout.file_starts[run] + index - layout.text_starts[run] + (run > 0)",
        "tests/index/test_articles.py::test_every_character_of_the_seed_articles_is_the_files_own",
    ),
    Mutant(
        "be one off at the end of a span",
        f"{INDEX}/articles.py",
        "self.file_offset(end - 1) + 1",
        "self.file_offset(end - 1)",
        "tests/qa/test_answers.py::test_an_answer_over_a_broken_line_cites_both_lines_and_reads_without_the_break",
    ),
    Mutant(
        "drop the second look at a quotation",
        "qa/yuanwen_qa/answers.py",
        "        if cited != self.text:\n",
        "        if False:\n",
        "tests/qa/test_answers.py::test_an_article_whose_map_is_wrong_cannot_be_cited",
    ),
    Mutant(
        "take a changed file for the one that was indexed",
        f"{INDEX}/files.py",
        'return "same" if hashlib.file_digest(file, "sha256").hexdigest() == sha256 else "changed"',
        'return "same"',
        "tests/index/test_files.py",
    ),
)
