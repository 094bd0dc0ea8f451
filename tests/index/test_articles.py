"""Pages to articles: the five seed pages, unseen pages, and the map back to the file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pages import STYLES, Page, english_page, lay_out, markdown_page, write_stories

from yuanwen_index.articles import Article, article_record, parse_articles, without_layout_breaks
from yuanwen_index.documents import Document, find_files, read_document

SEEDS = Path(__file__).parents[2] / "seeds"

# title; day, or the date as printed; names; how the body begins after 本报讯 and ends; lines; paragraphs
Told = tuple[str, str, str, str, str, int, int, int]
SEED_ARTICLES: dict[str, tuple[Told, ...]] = {
    "000_2e0ade2b9b79057b.txt": (
        (
            "二七区举行“河南省双拥模范区”揭牌仪式",
            "2022-09-07",
            "景静",
            "9月7日上午,二",
            "建设作出新的贡献。",
            5,
            19,
            6,
        ),
        (
            "二七区委常委会召开会议 深化推进稳经济、强投资“十大行动”",
            "2022-09-06",
            "景静",
            "9月6日,二七区",
            "住、发展要安全”。",
            25,
            35,
            4,
        ),
        (
            "二七区纪委监委 开展“五治理五护航”行动 持续释放监督效能",
            "截至目前",
            "景静",
            "“能力作风建设年",
            "深里走、往实里抓。",
            41,
            51,
            6,
        ),
        (
            "二七区开展教师节走访慰问活动 全力打造更具吸引力的“美好教育 学在二七”教育品牌",
            "第38个教师节前夕",
            "景静 李娅芳 李玉红",
            "金桂飘香,秋菊逸",
            "在二七”教育品牌。",
            57,
            65,
            4,
        ),
        (
            "二七区人大常委会组织人大代表视察公益诉讼工作 为二七区经济高质量发展贡献检察力量",
            "2022-09-08",
            "景静 左学彬 周祎",
            "9月8日上午,二",
            "发展贡献检察力量。",
            73,
            79,
            2,
        ),
    ),
    "001_1b48f2643b4a973f.txt": (
        (
            "二七区召开2020年党管武装工作会议 奋力开创新时代党管武装工作新局面",
            "2020-04-09",
            "张改华",
            "4月9日,二七区",
            "防事业的良好氛围。",
            5,
            19,
            6,
        ),
        (
            "二七区委政法工作会议 明确八个方面工作",
            "2020-04-08",
            "张改华",
            "4月8日上午,二",
            "硬”政法队伍建设。",
            25,
            29,
            3,
        ),
        (
            "多措并举落实落细 全力做好学校复学工作",
            "连日来",
            "张改华",
            "为确保全区各级各",
            "把好学生入学关口。",
            35,
            39,
            3,
        ),
        (
            "二七区高品质改造老旧小区 “内外兼修”让群众住得满意",
            "2020-04-11",
            "张改华 郭佳星",
            "4月11日上午,",
            "、改得让群众满意。",
            45,
            71,
            12,
        ),
        (
            "打造“网红经济新地标” 培育新经济业态集聚区",
            "2020-04-11",
            "张改华 陈静洲",
            "4月11日,由二",
            "、区长苏建设介绍。",
            77,
            85,
            4,
        ),
        (
            "坚决打好序化洁化专项整治行动攻坚战 持续提升城市精细化管理水平",
            "2020-04-12",
            "张改华",
            "4月12日,二七",
            "项整治行动攻坚战。",
            91,
            107,
            6,
        ),
    ),
    "002_7fa839d3476745d6.txt": (
        (
            "二七区现场观摩全区2021年第一季度重大项目、亮点工作 全力以赴推进项目建设提质增效",
            "2021-04-01",
            "张改华 郭佳星",
            "4月1日,二七区",
            "项目投资建设热潮。",
            5,
            19,
            4,
        ),
        (
            "二七商圈电力问题和综合整治咋推进 这个会议专题部署",
            "2021-03-25",
            "张改华",
            "3月25日,二七",
            "管理形成常态长效。",
            25,
            37,
            5,
        ),
        (
            "区领导督导国家卫生城市复审工作 全面排查问题 高标准整治到位",
            "2021-04-05",
            "张改华",
            "4月5日,二七区",
            "卫生城市复审工作。",
            43,
            51,
            3,
        ),
        (
            "二七区召开组织工作暨老干部工作会议 持续发挥组织优势 提升服务大局水平",
            "2021-03-31",
            "张改华 张伟",
            "3月31日上午,",
            "组织工作提出要求。",
            55,
            65,
            4,
        ),
        (
            "二七区召开宣传思想文化暨精神文明建设工作会议 持续深化“六大提升工程” 构筑“二七精神”传播弘扬高地",
            "2021-04-02",
            "张改华",
            "“按照‘1146",
            "立100周年献礼。",
            71,
            77,
            3,
        ),
        (
            "二七区召开政法队伍教育整顿现场观摩暨工作推进会 围绕“我为群众办实事”活动 推动全区政法工作高质量发展",
            "2021-03-28",
            "张改华 李慧",
            "为切实将政法队伍",
            "法工作高质量发展。",
            81,
            87,
            4,
        ),
    ),
    "003_84ebe029d2cf1232.txt": (
        (
            "二七区召开生态建设工作推进会 珍惜今冬明春关键时节,确保生态项目绿化建设完成",
            "11月22日上午",
            "景静",
            "11月22日上午",
            "全力推动任务落实。",
            7,
            19,
            5,
        ),
        (
            "二七区组织党员干部观看廉政教育片",
            "近日",
            "景静",
            "近日,二七区组织",
            "识,坚守清廉底线。",
            25,
            31,
            4,
        ),
        (
            "区领导调研生态园林绿化工作 为郑州创建国家生态园林城市做出应有贡献",
            "11月20日上午",
            "景静",
            "11月20日上午",
            "持“双统筹”成果。",
            37,
            45,
            3,
        ),
        (
            "集全区之力 聚万众之心 二七区坚决打赢秋冬季环境污染防治攻坚战",
            "11月23日上午",
            "景静 郭佳星",
            "11月23日上午",
            "应对效果的最大化。",
            53,
            59,
            2,
        ),
        (
            "二七区组织召开安委会第四次全体(扩大)会议",
            "近日",
            "景静",
            "近日,二七区组织",
            "生产形势持续稳定。",
            65,
            73,
            3,
        ),
        (
            "团区委召开智慧团建工作推进会",
            "11月20日",
            "景静",
            "11月20日,共",
            "核的一项重要内容。",
            79,
            83,
            3,
        ),
        (
            "打通健康服务“最后一公里” 二七区将加大对基层卫生医疗服务的建设投入",
            "近日",
            "景静",
            "近日,二七区人大",
            "务“最后一公里”。",
            89,
            97,
            3,
        ),
    ),
    "004_c2122c00b8feb44a.txt": (
        (
            "认清责任 主动担当 奋发有为 全力以赴谋划推进“三个二七”高质量发展",
            "2020-07-06",
            "张改华 郭佳星",
            "7月 6日，二七",
            "力开创工作新局面。",
            2,
            60,
            6,
        ),
        (
            "二七区全力推进 双重预防体系建设",
            "近日",
            "张改华 于晓月",
            "郑州市安全生产风",
            "遏制各类事故发生。",
            62,
            84,
            2,
        ),
        (
            "社区治理咋深入？ 这个会议有安排",
            "2020-07-07",
            "张改华",
            "7月7日，二七区",
            "部达500平方米。",
            96,
            125,
            3,
        ),
        (
            "二七区领导走访慰问老党员和困难党员 发挥好先锋模范作用 让党的事业薪火相传",
            "日前",
            "张改华 郭佳星",
            "在中国共产党成立",
            "到党和政府的温暖。",
            131,
            197,
            7,
        ),
        (
            "二七区：优化营商环境 提升政务服务水平",
            "2020-07-01",
            "张改华 郭佳星",
            "7月1日，二七区",
            "服务做出不懈努力。",
            202,
            242,
            4,
        ),
        (
            "二七区领导督导强降雨防范和应对工作 加强值班值守 掌握防汛主动权",
            "2020-07-04",
            "张改华",
            "7月 4日，郑州",
            "依规严格追究责任。",
            248,
            289,
            5,
        ),
    ),
}


def document_of(text: str) -> Document:
    return Document("page.txt", text, "utf-8", "")


def parsed(text: str) -> list[Article]:
    return parse_articles(document_of(text))


def seed_documents() -> list[Document]:
    return [read_document(path, source) for path, source in find_files([SEEDS]) if source.endswith(".txt")]


@pytest.mark.parametrize("source", SEED_ARTICLES)
def test_each_article_of_a_seed_page_has_its_headline_date_names_and_body(source: str) -> None:
    articles = parse_articles(read_document(SEEDS / source, source))
    told = [
        (
            article.title,
            article.date_iso or article.date,
            " ".join(article.reporters),
            article.text[4:][: len(opening)],
            article.text[-len(ending) :],
            *article.lines(0, len(article.text)),
            len(article.paragraphs),
        )
        for article, (_, _, _, opening, ending, *_) in zip(articles, SEED_ARTICLES[source], strict=True)
    ]
    assert told == list(SEED_ARTICLES[source])
    assert all(article.text.startswith("本报讯") for article in articles)


def test_a_year_is_inferred_only_where_the_page_gives_it_away() -> None:
    by_source = {document.source[:3]: parse_articles(document) for document in seed_documents()}
    years = {source: {a.date_iso[:4] for a in found if a.date_iso} for source, found in by_source.items()}
    assert years == {"000": {"2022"}, "001": {"2020"}, "002": {"2021"}, "003": set(), "004": {"2020"}}
    assert all(a.date_inferred is (a.date_iso is not None) for found in by_source.values() for a in found)


def test_words_broken_over_lines_are_whole_again() -> None:
    text = "\n".join(article.text for document in seed_documents() for article in parse_articles(document))
    for whole in (
        "高度重视双拥工作",
        "要严格实行“四挂钩”机制",
        "第一书记陈红民表示",
        "二七区一直以高标准",
        "王馥香、李宝万",
        "（2020~2021年）",
        "“一单四领 五联共治”",
        "在1个省级标杆和 10个市级标杆企业",
        "祥云里”老旧小区改造",
        "许广佑一行来到马寨社区78岁",
    ):
        assert whole in text


def test_a_full_stop_before_a_short_line_ends_a_paragraph() -> None:
    first = parse_articles(read_document(SEEDS / "004_c2122c00b8feb44a.txt", "004"))[0]
    assert first.paragraph_texts[1].endswith("出席或列席会议。")
    assert first.paragraph_texts[2].startswith("陈红民表示，")


def test_the_record_holds_what_the_command_line_prints() -> None:
    article = parse_articles(seed_documents()[0])[0]
    record = article_record(article)
    assert list(record) == [
        *("source", "title", "date", "date_iso", "date_inferred", "reporters", "text", "paragraphs"),
        *("first_line", "last_line"),
    ]
    assert record["reporters"] == ["景静"]
    assert record["paragraphs"] == record["text"].split("\n")
    assert (record["first_line"], record["last_line"]) == (5, 19)


# --- unseen pages


def bare(text: str) -> str:
    return "".join(text.split())


def counted(page: Page) -> Counter[str]:
    """How many articles a page has, how many are found, and how many parts come back equal."""
    found = parsed(page.text)
    by_opening = {bare(article.text)[:40]: article for article in found}
    counts = Counter(wanted=len(page.stories), found=len(found))
    for story in page.stories:
        body = bare("".join(story.paragraphs))
        article = by_opening.get(body[:40])
        if article is not None:
            counts["title"] += bare(article.title) == bare("".join(story.title))
            counts["body"] += bare(article.text) == body
            counts["byline"] += sorted(article.reporters) == sorted(story.reporters + story.correspondents)
    return counts


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_titles_bodies_and_bylines_of_unseen_pages_come_back(style: object) -> None:
    assert isinstance(style, type(STYLES[0]))
    rng = Random(f"unseen/{style.name}")
    counts: Counter[str] = Counter()
    for _ in range(8):
        counts += counted(lay_out(write_stories(rng, rng.randint(*style.stories)), style, rng))
    for part in ("title", "body", "byline"):
        f1 = 2 * counts[part] / (counts["wanted"] + counts["found"])
        assert f1 >= 0.93, f"{part}: {f1:.3f}"


def test_unseen_pages_together_come_back_nearly_whole() -> None:
    rng = Random("together")
    counts: Counter[str] = Counter()
    for style in STYLES:
        for _ in range(4):
            counts += counted(lay_out(write_stories(rng, rng.randint(*style.stories)), style, rng))
    for part in ("title", "body", "byline"):
        assert 2 * counts[part] / (counts["wanted"] + counts["found"]) >= 0.985


@pytest.mark.parametrize("wrap", [72, 80, 1000])
def test_an_english_article_comes_back(wrap: int) -> None:
    for seed in range(20):
        page = english_page(Random(seed), wrap=wrap)
        (article,) = parsed(page.text)
        assert article.title == page.stories[0].title[0]
        assert tuple(article.paragraph_texts) == page.stories[0].paragraphs
        assert article.reporters == page.stories[0].reporters


def test_a_markdown_article_keeps_its_lists_tables_and_code_as_they_stand() -> None:
    for seed in range(10):
        page = markdown_page(Random(seed))
        (article,) = parsed(page.text)
        assert article.title == page.stories[0].title[0]
        assert tuple(article.paragraph_texts) == page.stories[0].paragraphs


# --- ordinary files


def test_an_empty_file_holds_no_article() -> None:
    assert parsed("") == []
    assert parsed(" \n\r\n\u3000\n") == []


def test_a_file_without_headline_is_one_article_without_title() -> None:
    (article,) = parsed("《红楼梦》是一部小说。\n全书共一百二十回。")
    assert (article.title, article.date, article.reporters) == ("", None, ())
    assert article.paragraph_texts == ["《红楼梦》是一部小说。", "全书共一百二十回。"]


def test_a_web_page_gives_its_time_and_author_but_not_as_text() -> None:
    (article,) = parsed(
        "春耕备耕工作会召开\n\n2023-03-03 10:23 来源：大河网 作者：李明\n\n3月2日，会议召开。\n\n"
        "一、总体要求\n\n坚持防治结合。\n\n责任编辑：王芳\n"
    )
    assert article.title == "春耕备耕工作会召开"
    assert (article.date, article.date_iso, article.date_inferred) == ("2023-03-03", "2023-03-03", False)
    assert article.reporters == ("李明",)
    assert article.paragraph_texts == ["3月2日，会议召开。", "一、总体要求", "坚持防治结合。"]


def test_an_order_is_dated_below_and_the_date_is_part_of_it() -> None:
    (article,) = parsed(
        "关于防汛的通知\n\n各街道：\n\n现通知如下，请抓好落实。\n\n　　二七区人民政府\n\n　　2021年7月3日\n"
    )
    assert (article.title, article.date_iso) == ("关于防汛的通知", "2021-07-03")
    assert article.paragraph_texts[-1] == "2021年7月3日"


def test_a_date_inside_the_text_is_not_that_of_the_article() -> None:
    (article,) = parsed("鲁迅\n\n鲁迅（1881年9月25日－1936年10月19日），中国文学家。\n\n1902年赴日本。\n")
    assert (article.title, article.date) == ("鲁迅", None)


def test_keys_and_values_above_a_markdown_article_give_title_date_and_author() -> None:
    (article,) = parsed(
        '---\ntitle: "How it works"\ndate: 2021-03-03\nauthor: Jane Doe\n---\n\nIt works well.\n'
    )
    assert (article.title, article.date_iso, article.reporters) == (
        "How it works",
        "2021-03-03",
        ("Jane Doe",),
    )
    assert article.text == "It works well."


def test_an_english_date_line_is_read() -> None:
    (article,) = parsed("A Port Is Won\n\nBy Jane Doe\nMarch 3, 2021\n\nThe port of Milton was small.\n")
    assert (article.title, article.date_iso, article.reporters) == (
        "A Port Is Won",
        "2021-03-03",
        ("Jane Doe",),
    )
    assert article.text == "The port of Milton was small."


def test_a_file_of_several_top_headings_holds_several_articles() -> None:
    body = "这一段文字足够长，说明这里确实有一篇独立的文章，而不是一个小标题。"
    first, second = parsed(f"# 甲\n\n{body}\n\n## 小节\n\n{body}\n\n# 乙\n\n{body}\n")
    assert (first.title, second.title) == ("甲", "乙")
    assert first.paragraph_texts == [body, "## 小节", body]


def test_the_date_in_the_head_of_a_page_gives_the_year() -> None:
    (article,) = parsed(
        "郑州日报 2022年9月9日 星期五 第3版\n\n标题在此\n\n本报讯 9月7日，会议召开。 记者 张三\n"
    )
    assert (article.date, article.date_iso, article.date_inferred) == ("9月7日", "2022-09-07", True)


def test_articles_that_disagree_about_the_year_leave_it_open() -> None:
    found = parsed(
        "甲处开会\n\n本报讯 9月7日，第38个教师节前夕，甲处开会。 记者 张三\n\n"
        "乙处开会\n\n本报讯 9月8日，第39个教师节前夕，乙处开会。 记者 张三\n"
    )
    assert [article.date_iso for article in found] == [None, None]


def test_the_credit_of_a_picture_ends_no_article() -> None:
    (article,) = parsed(
        "会议召开\n\n本报讯 9月7日，会议召开。\n\n图为会议现场。 记者 李四 摄\n\n会议要求，抓好落实。\n\n记者 张三\n"
    )
    assert article.text.endswith("会议要求，抓好落实。")
    assert article.reporters == ("张三",)


def test_windows_line_ends_change_nothing_but_the_offsets() -> None:
    for document in seed_documents():
        plain, windows = parse_articles(document), parsed(document.text.replace("\n", "\r\n"))
        assert [(a.title, a.text, a.reporters, a.date) for a in plain] == [
            (a.title, a.text, a.reporters, a.date) for a in windows
        ]
        assert [a.lines(0, len(a.text)) for a in plain] == [a.lines(0, len(a.text)) for a in windows]


# --- the map back to the file

PIECES = (
    *(
        "本报讯 ",
        "记者 张三",
        "通讯员 李四",
        "（",
        "）",
        "(",
        ")",
        "。",
        "，",
        ",",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "# ",
        "标题",
    ),
    *(
        "二七区召开会议",
        "“",
        "”",
        "9月7日",
        "2021年",
        "第38个教师节",
        "近日",
        "新华社北京9月7日电",
        "By Jane Doe",
        "the quick",
    ),
    *(
        "brown fox.",
        " ",
        "\u3000",
        "\t",
        "- ",
        "```",
        "|",
        "---",
        "===",
        "：",
        "？",
        "…",
        "一、",
        "■",
        "责任编辑：王五",
        "\f",
    ),
    *(
        "\ud800",
        "\0",
        "\u2028",
        "\x85",
        "A",
        "é",
        "한국",
        "1",
        "%",
        "《",
        "》",
        "图为",
        "摄",
        "、",
        "·",
        "**",
    ),
)


def check_map(document: Document) -> None:
    last = -1
    for article in parse_articles(document):
        text = article.text
        offsets = [article.file_offset(index) for index in range(len(text))]
        assert all(a < b for a, b in zip([last, *offsets], offsets, strict=False))
        last = offsets[-1]
        stands_for_break = [document.text[at] != char for at, char in zip(offsets, text, strict=True)]
        for at, char, is_break in zip(offsets, text, stands_for_break, strict=True):
            assert not is_break or (char in "\n " and document.text[at] in "\r\n")
        assert article.title == " ".join(document.text[start:end] for start, end in article.title_spans)
        assert text.split("\n") == article.paragraph_texts
        check_slices(article, stands_for_break)


def check_slices(article: Article, stands_for_break: list[bool]) -> None:
    rng = Random(len(article.text))
    start = 0
    for paragraph in article.paragraph_texts:
        for _ in range(6):
            first = start + rng.randrange(len(paragraph))
            last = rng.randrange(first, start + len(paragraph))
            if not (stands_for_break[first] or stands_for_break[last]):
                begin, end = article.file_span(first, last + 1)
                quoted = without_layout_breaks(article.document.text[begin:end])
                assert quoted == article.text[first : last + 1]
        start += len(paragraph) + 1
    begin, end = article.file_span(0, len(article.text))
    assert without_layout_breaks(article.document.text[begin:end]) == without_layout_breaks(article.text)


def test_every_character_of_the_seed_articles_is_the_files_own() -> None:
    for document in seed_documents():
        check_map(document)
        check_map(document_of(document.text.replace("\n", "\r\n")))


def test_every_character_of_unseen_pages_is_the_files_own() -> None:
    rng = Random("map")
    for style in STYLES:
        check_map(document_of(lay_out(write_stories(rng, style.stories[0]), style, rng).text))
    check_map(document_of(english_page(rng).text))
    check_map(document_of(markdown_page(rng).text))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_every_character_of_any_file_is_the_files_own(text: str) -> None:
    check_map(document_of(text))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(PIECES)), max_size=8))
def test_every_character_of_a_damaged_page_is_the_files_own(seed: int, blows: list[tuple[int, str]]) -> None:
    rng = Random(seed)
    style = rng.choice(STYLES)
    text = lay_out(write_stories(rng, style.stories[0]), style, rng).text
    for blow, piece in blows:
        at = blow % (len(text) + 1)
        text = text[:at] + piece + text[at + 2 :]
    check_map(document_of(text))
