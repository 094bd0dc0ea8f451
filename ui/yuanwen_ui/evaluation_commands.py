"""The commands ``eval``, ``compare`` and ``questions``.

``eval`` and ``compare`` end with exit code 6 when a measure falls short of what was demanded of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from yuanwen_index import Retriever, UsageError, load_encoder
from yuanwen_qa import (
    Measurement,
    Progress,
    QuestionSet,
    Reader,
    Results,
    Setting,
    compare_results,
    comparison_html,
    comparison_markdown,
    draft_questions,
    example_questions,
    falls_short,
    grid_of,
    journal_folder,
    load_reader,
    on_contexts_of,
    open_index,
    open_paragraphs,
    parse_demands,
    read_question_set,
    read_results,
    results_csv,
    results_html,
    results_markdown,
    sweep_settings,
    write_question_set,
)

from . import terminal
from .commands import DEFAULT_INDEX, EncoderOption, IndexOption, JsonOption, print_json
from .evaluation_tables import print_comparison, print_results, print_sweep

__all__ = ["compare", "evaluate", "questions"]

FELL_SHORT = 6
NOT_WORSE = ("exact_match", "char_f1", "recall@5", "answer_sentence", "citation_accuracy")

OutOption = Annotated[
    list[Path] | None,
    typer.Option("--out", help="Write FILE.html, .json, .md or .csv (eval only); may be given again."),
]
FailUnderOption = Annotated[
    str,
    typer.Option(
        "--fail-under", help="exact_match=0.5,recall@5=0.9: end with exit code 6 when a figure is less."
    ),
]

questions = typer.Typer(
    help="Write question sets: an empty one to fill in, or drafts.", rich_markup_mode=None
)


def evaluate(
    question_file: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="json, jsonl, csv, xlsx, SQuAD.")
    ],
    folder: IndexOption = DEFAULT_INDEX,
    contexts: Annotated[
        str | None,
        typer.Option(
            help="gold (read each question's own paragraph, or the passages of its quotes), index,"
            " or, for SQuAD-like sets, open (search all paragraphs)."
        ),
    ] = None,
    contexts_from: Annotated[
        Path | None, typer.Option(help="A parallel SQuAD-like set: ask the questions on its paragraphs.")
    ] = None,
    mode: Annotated[str, typer.Option(help="hybrid, lexical or dense search.")] = "hybrid",
    encoder: EncoderOption = None,
    reader: Annotated[
        str | None, typer.Option("--reader", help="A question-answering model: a folder or a hub name.")
    ] = None,
    search_only: Annotated[
        bool, typer.Option("--search-only", help="Measure search, without answers.")
    ] = False,
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages are read.")] = 5,
    threshold: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Answer from this confidence on.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only so many, spread over the set.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Threads; default one a core.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Try settings: k=5,10 threshold=0,0.5 mode=lexical,hybrid."),
    ] = None,
    best: Annotated[str, typer.Option(help="The measure that the best setting is chosen by.")] = "char_f1",
    tune: Annotated[
        float | None, typer.Option(help="Choose settings on this share of the questions, report on the rest.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Ask again what an interrupted run has asked.")
    ] = False,
    out: OutOption = None,
    fail_under: FailUnderOption = "",
    as_json: JsonOption = False,
) -> None:
    """Measure answers with a question set: what is right, what is wrong, and why."""
    demands = parse_demands(fail_under)
    outputs = _outputs(out or [], (".html", ".json", ".md", ".csv"))
    question_set = _spread(_question_set(question_file, contexts_from), limit)
    answering = None if search_only else load_reader(reader)
    measurement = _open(question_set, contexts, folder, encoder, answering)
    console = Console(stderr=True)
    _tell_drafts(console, question_set)
    base = Setting(mode, k, threshold)

    def run(setting: Setting) -> Results:
        return _run(measurement, setting, jobs, console, fresh=fresh)

    tried = None
    if settings:
        tried = sweep_settings(measurement, grid_of(settings, base), measure=best, tune=tune, run=run)
    elif tune is not None:
        raise UsageError("--tune needs settings to choose from: give them with --set")
    results = tried.results if tried else run(base)
    record = results.record()
    if tried:
        record["sweep"] = tried.record()
    for path in outputs:
        if path.suffix == ".json":
            _write(path, _json(record))
        elif path.suffix == ".html":
            _write(path, results_html(results, record, tried))
        else:
            _write(path, results_csv(record) if path.suffix == ".csv" else results_markdown(record))
    if as_json:
        print_json(record)
    else:
        if tried:
            print_sweep(Console(), tried)
        print_results(Console(), record)
    _end(console, falls_short(record, demands))


def compare(
    files: Annotated[list[Path], typer.Argument(metavar="A.json B.json...", help="Results of yuanwen eval.")],
    out: OutOption = None,
    fail_under: FailUnderOption = "",
    fail_if_worse: Annotated[
        bool, typer.Option("--fail-if-worse", help="End with exit code 6 when a later one is worse.")
    ] = False,
    measures: Annotated[str, typer.Option(help="The measures that --fail-if-worse looks at.")] = ",".join(
        NOT_WORSE
    ),
    as_json: JsonOption = False,
) -> None:
    """Compare evaluations of the same questions: what is better, by how much, and may it be chance."""
    demands = parse_demands(fail_under)
    outputs = _outputs(out or [], (".html", ".json", ".md"))
    loaded = [read_results(path) for path in files]
    comparison = compare_results(list(zip(_names(files), loaded, strict=True)))
    for path in outputs:
        if path.suffix == ".json":
            _write(path, _json(comparison.record()))
        else:
            _write(path, (comparison_html if path.suffix == ".html" else comparison_markdown)(comparison))
    if as_json:
        print_json(comparison.record())
    else:
        print_comparison(Console(), comparison)
    short = [] if not demands else falls_short(loaded[-1].record(), demands)
    wanted = [name.strip() for name in measures.split(",") if name.strip()]
    _end(Console(stderr=True), short + (comparison.worse(wanted) if fail_if_worse else []))


@questions.command("template")
def template(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A new .csv, .xlsx, .jsonl or .json file.")],
) -> None:
    """Write a question set to fill in: the columns, with two examples marked as drafts."""
    write_question_set(path, example_questions())
    Console().print(
        f"wrote {path}; replace the examples, then: yuanwen eval {path}", soft_wrap=True, markup=False
    )


@questions.command("draft")
def draft(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A new .csv, .xlsx, .jsonl or .json file.")],
    folder: IndexOption = DEFAULT_INDEX,
    per_article: Annotated[int, typer.Option(min=1, max=50, help="At most so many an article.")] = 3,
) -> None:
    """Propose questions about the indexed articles, by rule, for a person to edit.

    They are marked as drafts and never counted until a person takes the mark away.
    """
    drafts = draft_questions(Retriever.open(folder).articles, per_article=per_article)
    if not drafts:
        raise UsageError("no sentence of these articles gives a question by rule; write some with a template")
    write_question_set(path, drafts)
    Console().print(
        f"wrote {len(drafts)} drafts to {path}; edit them and take away the draft marks",
        soft_wrap=True,
        markup=False,
    )


def _question_set(path: Path, contexts_from: Path | None) -> QuestionSet:
    question_set = read_question_set(path)
    return on_contexts_of(question_set, read_question_set(contexts_from)) if contexts_from else question_set


def _spread(question_set: QuestionSet, limit: int | None) -> QuestionSet:
    """``limit`` questions at equal steps through the set, all when it has no more."""
    count = len(question_set.questions)
    if limit is None or limit >= count:
        return question_set
    return question_set.with_questions([question_set.questions[at * count // limit] for at in range(limit)])


def _open(
    question_set: QuestionSet, contexts: str | None, folder: str, encoder: str | None, reader: Reader | None
) -> Measurement:
    wanted = contexts or ("open" if question_set.contexts else "index")
    model = load_encoder(encoder) if encoder else None
    if wanted == "index" or (wanted == "gold" and not question_set.contexts):
        return open_index(question_set, folder, encoder=model, reader=reader, gold=wanted == "gold")
    if wanted == "gold":
        return open_paragraphs(question_set, "gold", encoder=model, reader=reader)
    if wanted == "open":
        return open_paragraphs(question_set, "open", encoder=model, reader=reader)
    raise UsageError(f"--contexts {wanted}: choose gold, open or index")


def _run(
    measurement: Measurement, setting: Setting, jobs: int | None, console: Console, *, fresh: bool
) -> Results:
    try:
        with _progress(console) as progress:
            return measurement.run(
                setting, jobs=jobs, progress=progress, journal_folder=None if fresh else journal_folder()
            )
    except KeyboardInterrupt:
        if not fresh:
            console.print("finished questions are kept; the same command goes on with the others")
        raise


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    with terminal.build_progress(console) as bar:
        task = bar.add_task("questions", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield tell


def _tell_drafts(console: Console, question_set: QuestionSet) -> None:
    drafts = sum(question.draft for question in question_set.questions)
    if drafts:
        console.print(
            f"{drafts} drafts are left out; take their draft mark away once a person has checked them"
        )


def _outputs(paths: Sequence[Path], suffixes: tuple[str, ...]) -> list[Path]:
    for path in paths:
        if path.suffix not in suffixes:
            raise UsageError(f"--out {path}: choose a file that ends in {', '.join(suffixes)}")
        if not path.parent.is_dir():
            raise UsageError(f"--out {path}: there is no folder {path.parent}")
    return list(paths)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", errors="backslashreplace", newline="")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _names(files: Sequence[Path]) -> list[str]:
    """The files' stems, or their whole paths where stems are the same."""
    stems = [path.stem for path in files]
    if len(set(stems)) == len(stems):
        return stems
    whole = [str(path) for path in files]
    if len(set(whole)) < len(whole):
        raise UsageError("a file is given twice; a comparison needs different evaluations")
    return whole


def _end(console: Console, shortfalls: Sequence[str]) -> None:
    for sentence in shortfalls:
        console.print(sentence, style="red", soft_wrap=True, markup=False)
    if shortfalls:
        sys.stdout.flush()
        raise typer.Exit(FELL_SHORT)
