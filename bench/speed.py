"""How fast and how good Yuanwen is beside others, at growing sizes: tables of ratios and plots, in one run.

    python bench/speed.py NEWS.jsonl.xz --sizes 1000 10000 250000 [--out docs/figures]

Without a news file the articles are written from templates. Every stage of every system runs in a process of
its own, on one thread; seconds are of the processor, as the machine may do other things. ``--alone`` measures
sizes for Yuanwen and the limit only. What ``figures.json`` in ``--out`` holds already of other sizes and systems is
kept and drawn too, so that a long run can be made in pieces: ``--sizes 200000 --systems txtai``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.corpus import ROOT, lay_out
from bench.line_plots import line_plot
from bench.systems import SYSTEMS, WAYS

Report = dict[str, float]
ALONE = ("yuanwen", "encoder + FAISS")
_PACKAGES = {
    "txtai": "txtai",
    "Haystack": "haystack-ai",
    "LlamaIndex": "llama-index-core",
    "LangChain": "langchain-core",
}
_PATIENCE = 3600  # seconds of the clock for one stage; what takes longer is left out
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "PYTHONPATH": os.pathsep.join(str(ROOT / floor) for floor in (".", "index", "qa", "ui")),
}


def run(stage: str, name: str, files: Path, texts: Path, home: Path) -> Report | None:
    """One stage of one system; None, with the reason on standard error, when it fails or takes too long."""
    command = [sys.executable, str(ROOT / "bench" / "one.py"), stage, name, str(files), str(texts), str(home)]
    environment = {**os.environ, **_ENVIRONMENT}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
    except subprocess.TimeoutExpired:
        print(f"{name}: {stage} took more than {_PATIENCE} s", file=sys.stderr, flush=True)
        return None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.strip().splitlines()[-1:]
        print(f"{name}: {stage} failed: {reason}", file=sys.stderr, flush=True)
        return None
    print(f"{name}: {stage}: {done.stdout.splitlines()[-1]}", file=sys.stderr, flush=True)
    report: Report = json.loads(done.stdout.splitlines()[-1])
    return report


def measure(name: str, files: Path, texts: Path, home: Path) -> Report:
    """What building and searching cost: processor seconds, milliseconds, megabytes."""
    built = run("build", name, files, texts, home)
    if built is None:
        return {}
    report = {"build_s": built["build_s"], "build_mb": built["peak_mb"]}
    report["disk_mb"] = sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) / 1e6
    for way in WAYS:
        searched = run(way, name, files, texts, home) or {}
        if "open_s" in searched:
            report |= {f"{way}_{key}": searched[key] for key in ("p50_ms", "p99_ms", "asked")}
            report.setdefault("open_s", searched["open_s"])  # of the first way there is
            report.setdefault("search_mb", searched["peak_mb"])
    if "open_s" in report:
        report["ready_s"] = report["build_s"] + report["open_s"]
    if name == "yuanwen":
        report |= update(files, texts, home, built["build_s"])
    return report


def update(files: Path, texts: Path, home: Path, full: float) -> Report:
    """Change one file of a hundred and index again."""
    changed = sorted(path for path in files.rglob("*.txt"))[::100]
    for path in changed:
        path.write_text(path.read_text("utf-8") + "\n再说一次。", "utf-8")
    report = run("build", "yuanwen", files, texts, home)
    return {} if report is None else {"update_s": report["build_s"], "update_share": report["build_s"] / full}


def table(title: str, rows: dict[str, Report], columns: dict[str, str], base: str) -> str:
    """A Markdown table, and beside each figure how many times that of ``base`` it is."""
    lines = [
        f"\n### {title}\n",
        "| | " + " | ".join(columns.values()) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for name, report in rows.items():
        cells = [name]
        for key in columns:
            value, ours = report.get(key), rows[base].get(key)
            ratio = f" ({value / ours:.1f}x)" if value is not None and ours and name != base else ""
            cells.append("-" if value is None else f"{value:,.4g}{ratio}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def machine() -> str:
    """What this ran on."""
    names = [
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    versions = []
    for package in ("faiss-cpu", "numpy", *_PACKAGES.values()):
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"{names[0] if names else platform.processor()}, one thread, Python {platform.python_version()}, {', '.join(versions)}"


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("news", nargs="?", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 250_000], help="passages")
    parser.add_argument(
        "--alone", type=int, nargs="*", default=[], help="sizes for Yuanwen and the limit only"
    )
    parser.add_argument("--systems", nargs="*", default=list(SYSTEMS), choices=list(SYSTEMS))
    parser.add_argument("--out", type=Path, help="folder for the plots and figures.json")
    parser.add_argument(
        "--work", type=Path, help="folder where the articles are laid out, kept for the next piece"
    )
    options = parser.parse_args()
    print(machine(), flush=True)
    found = read_figures(options.out) if options.out else {}
    for size in sorted({*options.sizes, *options.alone}):
        with tempfile.TemporaryDirectory(prefix="yuanwen-bench-") as place:
            home = (options.work or Path(place)) / str(size)
            files, texts = home / "files", home / "passages.json"
            if not texts.exists():
                texts.write_text(json.dumps(lay_out(files, options.news, size)), "utf-8")
            n_passages = len(json.loads(texts.read_text("utf-8")))
            rows = found.setdefault(n_passages, {})
            for name in options.systems:
                if size in options.sizes or name in ALONE:
                    rows[name] = measure(name, files, texts, home / "indexes" / name)
                    rows[name] |= {"passages_s": n_passages / rows[name]["build_s"]} if rows[name] else {}
                    shutil.rmtree(home / "indexes", ignore_errors=True)
                    if options.out:
                        write_figures(found, options.out)
    for n_passages, rows in sorted(found.items()):
        print(tables(n_passages, rows))
    if options.out:
        draw(found, options.out)


def read_figures(out: Path) -> dict[int, dict[str, Report]]:
    """What earlier pieces of a run found, by size and system."""
    kept = out / "figures.json"
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    return {int(size): rows for size, rows in known.items()}


def write_figures(found: dict[int, dict[str, Report]], out: Path) -> None:
    """Keep what has been found, in the order of sizes and systems."""
    out.mkdir(parents=True, exist_ok=True)
    ordered = {
        size: {name: found[size][name] for name in SYSTEMS if name in found[size]} for size in sorted(found)
    }
    (out / "figures.json").write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")


def tables(size: int, rows: dict[str, Report]) -> str:
    """The tables for one size."""
    rows = {name: rows[name] for name in SYSTEMS if rows.get(name)}
    base = "yuanwen" if "yuanwen" in rows else next(iter(rows))
    making = {
        "build_s": "build, s",
        "ready_s": "built and opened, s",
        "passages_s": "passages/s",
        "build_mb": "peak MB",
        "disk_mb": "disk MB",
        "update_s": "1 % changed, s",
    }
    finding = {
        "open_s": "open, s",
        "hybrid_p50_ms": "hybrid p50 ms",
        "hybrid_p99_ms": "p99",
        "dense_p50_ms": "dense p50 ms",
        "dense_p99_ms": "p99",
        "answer_p50_ms": "answer p50 ms",
        "search_mb": "peak MB",
    }
    return (
        table(f"{size:,} passages: making the index", rows, making, base)
        + "\n"
        + table(f"{size:,} passages: searching it", rows, finding, base)
    )


def draw(found: dict[int, dict[str, Report]], out: Path) -> None:
    """Cost against size, one plot a measure."""
    for key, title in (
        ("build_s", "making the index, processor seconds"),
        ("hybrid_p50_ms", "hybrid search, median, ms"),
        ("dense_p50_ms", "dense search, median, ms"),
        ("build_mb", "peak memory while indexing, MB"),
    ):
        lines = {
            name: [
                (size, rows[name][key]) for size, rows in sorted(found.items()) if key in rows.get(name, {})
            ]
            for name in SYSTEMS
        }
        (out / f"{key}.svg").write_text(
            line_plot(title, {name: line for name, line in lines.items() if line}), "utf-8"
        )


if __name__ == "__main__":
    main()
