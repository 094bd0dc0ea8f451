"""The interface's words in Simplified Chinese, Traditional Chinese and English.

One row per phrase, the three languages side by side, so that a missing translation cannot be written down.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = ["LANGUAGES", "Language", "confidence_word", "pick_language", "script_words", "word"]

Language = Literal["zh-Hans", "zh-Hant", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LANGUAGE_NAMES: Final[dict[Language, str]] = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}

# Half-open ranges of the calibrated probability that an answer is right; see confidence_word.
_CONFIDENCE: Final[tuple[tuple[float, str], ...]] = (
    (0.75, "confidence.high"),
    (0.5, "confidence.good"),
    (0.25, "confidence.fair"),
    (0.0, "confidence.low"),
)

_TABLE: Final[dict[str, tuple[str, str, str]]] = {
    "app.title": ("原文", "原文", "Yuanwen"),
    "app.about": (
        "用您自己的文章回答问题：答案逐字取自原文，并标出所在位置。",
        "用您自己的文章回答問題：答案逐字取自原文，並標出所在位置。",
        "Answers questions from your own articles, in the articles' own words, and shows where they stand.",
    ),
    "language.label": ("界面语言", "介面語言", "Interface language"),
    "chat.label": ("对话", "對話", "Conversation"),
    "chat.empty": (
        "问一个关于这些文章的问题。答案会逐字引用文章，并标出文件、文章、日期和行号。",
        "問一個關於這些文章的問題。答案會逐字引用文章，並標出檔案、文章、日期和行號。",
        "Ask about these articles. Answers quote them word for word, with file, article, date and line.",
    ),
    "chat.none.add": (
        "还没有文章。请在“文章”页添加文件，或在终端运行 yuanwen index 文件夹，再刷新本页。",
        "還沒有文章。請在「文章」頁新增檔案，或在終端機執行 yuanwen index 資料夾，再重新整理本頁。",
        "There are no articles yet. Add documents under “Articles”, or run “yuanwen index FOLDER” in a terminal"
        " and reload this page.",
    ),
    "chat.none": (
        "还没有文章。请在终端运行 yuanwen index 文件夹，再刷新本页。",
        "還沒有文章。請在終端機執行 yuanwen index 資料夾，再重新整理本頁。",
        "There are no articles yet. Run “yuanwen index FOLDER” in a terminal and reload this page.",
    ),
    "question.label": ("问题", "問題", "Question"),
    "question.placeholder": (
        "请输入问题，按回车提问",
        "請輸入問題，按 Enter 提問",
        "Type a question and press Enter",
    ),
    "ask": ("提问", "提問", "Ask"),
    "stop": ("停止", "停止", "Stop"),
    "clear": ("新对话", "新對話", "New conversation"),
    "tab.talk": ("对话", "對話", "Conversation"),
    "tab.articles": ("文章", "文章", "Articles"),
    "exact": ("按原话重新提问", "按原話重新提問", "Ask exactly as typed"),
    "filters": ("筛选", "篩選", "Filters"),
    "filters.on": ("筛选（已启用）", "篩選（已啟用）", "Filters (in use)"),
    "filters.source": ("文件", "檔案", "File"),
    "filters.reporter": ("作者", "作者", "Reporter"),
    "filters.from": ("起始日期", "起始日期", "Dated from"),
    "filters.to": ("结束日期", "結束日期", "Dated to"),
    "filters.reset": ("清除", "清除", "Clear"),
    "export": ("导出：", "匯出：", "Export:"),
    "keep": (
        "在这个浏览器里保留对话",
        "在這個瀏覽器裡保留對話",
        "Keep in this browser",
    ),
    "examples.label": ("可以这样问", "可以這樣問", "Questions these articles answer"),
    "state.searching": ("正在查找……", "正在查找……", "Searching …"),
    "state.reading": (
        "在 {n} 篇文章里找到相关段落，正在阅读……",
        "在 {n} 篇文章裡找到相關段落，正在閱讀……",
        "Found passages in {n} articles, reading them …",
    ),
    "state.stopped": ("已停止。", "已停止。", "Stopped."),
    "reply.carried": ("理解为：{question}", "理解為：{question}", "Understood as: {question}"),
    "reply.several": (
        "有几处答案，日期新的在前",
        "有幾處答案，日期新的在前",
        "Several places answer this, newest first",
    ),
    "reply.narrowed": (
        "只查找了筛选出的文章。",
        "只查找了篩選出的文章。",
        "Only the articles that the filters let through were searched.",
    ),
    "reply.copy": ("复制答案和出处", "複製答案和出處", "Copy with source"),
    "verdict.right": ("正确", "正確", "Right"),
    "verdict.wrong": ("错误", "錯誤", "Wrong"),
    "verdict.unanswerable": ("不该回答", "不該回答", "Should not have been answered"),
    "verdict.answerable": ("文章里有答案", "文章裡有答案", "The articles do answer this"),
    "verdict.rightly-none": ("确实没有", "確實沒有", "Rightly not found"),
    "reply.others": ("其他可能的答案", "其他可能的答案", "Other possible answers"),
    "reply.not_found": (
        "在这些文章里没有找到答案。",
        "在這些文章裡沒有找到答案。",
        "Not found in these articles.",
    ),
    "reply.nearest": (
        "最接近的段落（不是答案）",
        "最接近的段落（不是答案）",
        "The nearest passages (not an answer)",
    ),
    "confidence.high": ("很可能正确", "很可能正確", "very likely right"),
    "confidence.good": ("多半正确", "多半正確", "probably right"),
    "confidence.fair": ("不太确定", "不太確定", "uncertain"),
    "confidence.low": ("把握很小", "把握很小", "very uncertain"),
    "cite.line": ("第 {first} 行", "第 {first} 行", "line {first}"),
    "cite.lines": ("第 {first}–{last} 行", "第 {first}–{last} 行", "lines {first}–{last}"),
    "cite.same": ("同一篇文章", "同一篇文章", "same article"),
    "cite.changed": (
        "文件在索引之后已改动",
        "檔案在索引之後已改動",
        "this file has changed since it was indexed",
    ),
    "cite.gone": (
        "文件已不在索引时的位置",
        "檔案已不在索引時的位置",
        "this file is no longer where it was indexed",
    ),
    "cite.untitled": ("（无标题）", "（無標題）", "(no title)"),
    "export.title": ("问答记录", "問答記錄", "Questions and answers"),
    "export.question": ("问", "問", "Question"),
    "export.answer": ("答", "答", "Answer"),
    "export.source": ("出处", "出處", "Source"),
    "export.made": (
        "由原文生成；引文逐字取自所列文件。",
        "由原文生成；引文逐字取自所列檔案。",
        "Made by Yuanwen; every quotation is word for word from the file named.",
    ),
    "script.source": ("出处", "出處", "Source"),
    "script.empty": (
        "点击答案后的编号，这里会显示文章并标出答案。",
        "點擊答案後的編號，這裡會顯示文章並標出答案。",
        "Choose a number after an answer to see its article here, with the answer marked.",
    ),
    "script.untitled": ("（无标题）", "（無標題）", "(no title)"),
    "script.changed": (
        "文件在索引之后已改动；这里显示的是索引时的原文。",
        "檔案在索引之後已改動；這裡顯示的是索引時的原文。",
        "This file has changed since it was indexed; shown is its text as indexed.",
    ),
    "script.gone": (
        "文件已不在索引时的位置；这里显示的是索引时的原文。",
        "檔案已不在索引時的位置；這裡顯示的是索引時的原文。",
        "This file is no longer where it was indexed; shown is its text as indexed.",
    ),
    "script.view": ("显示方式", "顯示方式", "How to show it"),
    "script.article": ("文章", "文章", "Article"),
    "script.original": ("原始文件", "原始檔案", "Original file"),
    "script.file": ("文件", "檔案", "File"),
    "script.date": ("日期", "日期", "Date"),
    "script.inferred": ("年份为推断", "年份為推斷", "year inferred"),
    "script.lines": ("行", "行", "Lines"),
    "script.reporters": ("作者", "作者", "By"),
    "script.close": ("关闭", "關閉", "Close"),
    "script.loading": ("正在打开……", "正在開啟……", "Opening …"),
    "error.range": (
        "筛选的起始日期在结束日期之后，请先改正。",
        "篩選的起始日期在結束日期之後，請先改正。",
        "The filter's first day is after its last. Please correct it first.",
    ),
    "error.question_empty": ("请先输入问题。", "請先輸入問題。", "Please type a question first."),
    "error.question_long": (
        "问题太长，最多 {limit} 个字。请写短一些。",
        "問題太長，最多 {limit} 個字。請寫短一些。",
        "The question is too long: at most {limit} characters. Please shorten it.",
    ),
    "error.index": (
        "索引现在不能用，请稍后再试，或请管理员检查索引。",
        "索引現在不能用，請稍後再試，或請管理員檢查索引。",
        "The index cannot be used right now. Try again later, or ask whoever runs this server to check it.",
    ),
    "error.other": (
        "这个问题没有答成，请换个问法再试。",
        "這個問題沒有答成，請換個問法再試。",
        "This question could not be answered. Please try to ask it another way.",
    ),
    "script.seconds": ("（{n} 秒）", "（{n} 秒）", " ({n} s)"),
    "script.copied": ("已复制", "已複製", "Copied"),
    "script.not_copied": ("没有复制成功", "沒有複製成功", "Could not be copied"),
    "script.noted": ("已记下", "已記下", "Noted"),
    "script.not_noted": ("没有记下", "沒有記下", "Could not be noted"),
    "script.theme": ("深色 / 浅色", "深色 / 淺色", "Dark / light"),
    "script.previous": ("上一处", "上一處", "Previous"),
    "script.next": ("下一处", "下一處", "Next"),
    "script.counts": (
        "{documents} 个文件，{articles} 篇文章，{passages} 段",
        "{documents} 個檔案，{articles} 篇文章，{passages} 段",
        "{documents} files, {articles} articles, {passages} passages",
    ),
    "script.skipped": ("未能读取的文件", "未能讀取的檔案", "Files that could not be read"),
    "script.add": (
        "添加文件：拖到这里，或点击选择",
        "新增檔案：拖到這裡，或點擊選擇",
        "Add documents: drop them here, or click to choose",
    ),
    "script.add.limits": (
        "{suffixes}，每个不超过 {largest} MB",
        "{suffixes}，每個不超過 {largest} MB",
        "{suffixes}; at most {largest} MB each",
    ),
    "script.add.sending": ("正在上传 {file}……", "正在上傳 {file}……", "Sending {file} …"),
    "script.add.working": (
        "正在更新索引（{done}/{total}）……",
        "正在更新索引（{done}/{total}）……",
        "Bringing the index up to date ({done}/{total}) …",
    ),
    "script.add.remove": ("移除", "移除", "Remove"),
    "script.add.added": ("在这里添加的文件", "在這裡新增的檔案", "Documents added here"),
    "script.add.not_added": (
        "没有加入：{file}——{reason}",
        "沒有加入：{file}——{reason}",
        "Not added: {file} – {reason}",
    ),
    "script.add.failed": (
        "索引没有更新成功；刚才的文件会在下次更新时再试。",
        "索引沒有更新成功；剛才的檔案會在下次更新時再試。",
        "The index could not be brought up to date. These documents are tried again with the next ones.",
    ),
    "script.add.locked": (
        "另一个程序正在更新索引，请稍后再添加。",
        "另一個程式正在更新索引，請稍後再新增。",
        "Another program is updating the index. Please add documents again in a moment.",
    ),
    "script.add.name": ("文件名不能用。", "檔名不能用。", "the name cannot be used."),
    "script.add.kind": (
        "不支持这种文件；可以添加 txt、md、html、docx 和 pdf。",
        "不支援這種檔案；可以新增 txt、md、html、docx 和 pdf。",
        "this kind of file is not supported; add txt, md, html, docx or pdf.",
    ),
    "script.add.taken": (
        "索引里已有同名文件。",
        "索引裡已有同名檔案。",
        "a file of this name is in the index already.",
    ),
    "script.add.many": (
        "添加的文件太多，请先移除一些。",
        "新增的檔案太多，請先移除一些。",
        "too many documents have been added; remove some first.",
    ),
    "script.add.large": ("文件太大。", "檔案太大。", "the file is too large."),
    "script.add.empty": ("文件是空的。", "檔案是空的。", "the file is empty."),
    "script.add.no_text": ("里面没有文字。", "裡面沒有文字。", "there is no text in it."),
    "script.add.unknown": ("没有这个文件。", "沒有這個檔案。", "there is no such file."),
    "script.add.refused": (
        "服务器没有收下这个文件，请稍后再试。",
        "伺服器沒有收下這個檔案，請稍後再試。",
        "the server did not take it; try again in a moment.",
    ),
    "script.unread.large": ("文件太大，请拆成几个。", "檔案太大，請拆成幾個。", "it is too large; split it."),
    "script.unread.long": (
        "内容太多，请拆成几个文件。",
        "內容太多，請拆成幾個檔案。",
        "it holds too much; split it.",
    ),
    "script.unread.slow": (
        "读取用时太久，请拆成几个文件。",
        "讀取用時太久，請拆成幾個檔案。",
        "reading it takes too long; split it.",
    ),
    "script.unread.not_text": ("不是文本文件。", "不是文字檔案。", "it is not a text file."),
    "script.unread.charset": (
        "看不出文字编码；请另存为 UTF-8，或在索引时用 --encoding 说明。",
        "看不出文字編碼；請另存為 UTF-8，或在索引時用 --encoding 說明。",
        "its encoding cannot be told; save it as UTF-8, or name it with --encoding when indexing.",
    ),
    "script.unread.old_word": (
        "是加密的或旧版的 Word 文件；请另存为不带密码的 .docx。",
        "是加密的或舊版的 Word 檔案；請另存為不帶密碼的 .docx。",
        "it is an encrypted or old Word file; save it as .docx without a password.",
    ),
    "script.unread.password": (
        "需要密码；请先去掉密码。",
        "需要密碼；請先去掉密碼。",
        "it needs a password; remove it first.",
    ),
    "script.unread.pictures": (
        "里面只有图片，没有文字；请先做文字识别。",
        "裡面只有圖片，沒有文字；請先做文字辨識。",
        "it holds only pictures, no text; run it through text recognition first.",
    ),
    "script.unread.damaged": (
        "文件已损坏，或者不是这种格式。",
        "檔案已損壞，或者不是這種格式。",
        "it is damaged, or not the kind of file its name says.",
    ),
    "script.unread.closed": ("打不开这个文件。", "打不開這個檔案。", "it cannot be opened."),
    "script.unread.extra": (
        "这台服务器没有安装读取这种文件的组件（yuanwen[documents]）。",
        "這台伺服器沒有安裝讀取這種檔案的元件（yuanwen[documents]）。",
        "this server lacks what reads such files (yuanwen[documents]).",
    ),
    "script.unread.other": ("无法读取。", "無法讀取。", "it cannot be read."),
    "script.evaluation": ("评测", "評測", "Evaluation"),
    "script.more": ("显示更多", "顯示更多", "Show more"),
    "script.no_articles": ("还没有文章。", "還沒有文章。", "There are no articles yet."),
    "script.error.gone": (
        "索引里已经没有这个文件，或者文件在回答之后改过了。请重新提问。",
        "索引裡已經沒有這個檔案，或者檔案在回答之後改過了。請重新提問。",
        "This file is no longer in the index, or it changed after the answer was given. Please ask again.",
    ),
    "script.busy": (
        "现在提问的人太多，请稍等片刻再问一次。您的问题还在输入框里。",
        "現在提問的人太多，請稍等片刻再問一次。您的問題還在輸入框裡。",
        "Too many people are asking just now. Please ask again in a moment; your question is still there.",
    ),
    "script.error.offline": (
        "连接不上服务，请看它是否仍在运行。",
        "連線不上服務，請看它是否仍在執行。",
        "The server does not answer. Please check that it is still running.",
    ),
}


def word(key: str, language: Language, **values: object) -> str:
    """The phrase ``key`` in ``language``, with its ``{places}`` filled in."""
    phrase = _TABLE[key][LANGUAGES.index(language)]
    return phrase.format(**values) if values else phrase


def script_words(language: Language) -> dict[str, str]:
    """The phrases that the page's own script shows, without their ``script.`` prefix."""
    prefix = "script."
    return {key.removeprefix(prefix): word(key, language) for key in _TABLE if key.startswith(prefix)}


def confidence_word(confidence: float, language: Language) -> str:
    """A calibrated probability in [0, 1] in words."""
    key = next(key for floor, key in _CONFIDENCE if confidence >= floor)
    return word(key, language)


def pick_language(accept_language: str) -> Language:
    """The first language of an ``Accept-Language`` header that is spoken here, else English."""
    for part in accept_language.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            traditional = any(mark in tag for mark in ("hant", "tw", "hk", "mo"))
            return "zh-Hant" if traditional else "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return "en"
