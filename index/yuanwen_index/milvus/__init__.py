"""An index on Milvus, for more passages than one machine holds, or more than one writer or reader.

Two collections make an index called NAME:

    NAME_passages    a row for each passage: vector, weights of its words, its text, what filters ask for
    NAME_records     everything else in pieces of text, by ``kind`` and ``key``: what the index says about itself
                     (state), the documents (document, text), in how many passages a token stands (terms), files
                     that could not be read (skipped), who is writing (writer)

**What is visible.** Every row says with which generation it came (``born``) and with which it went (``died``), and a
search of generation G sees the rows with born <= G < died. A writer first writes the new rows, then marks those that
go, counts what generation G + 1 would see, and only then inserts the one row that says that G + 1 is current. Until
then nothing it did is visible; from then on all of it is. Rows that went are deleted by a later writer, a minute
after they went at the earliest. What an interrupted writer left is taken up or removed by the next one.

**Names of rows** are made of hashes of content, so work that is done again changes nothing.

**Scores** are those of the folder: Milvus proposes passages from both sides, and each of them is then scored exactly
by the same code, from its vector, its text and the statistics of the whole index.
"""
