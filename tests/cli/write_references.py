"""Writes labelled texts for tests of `pellucid references`, and a file of references for one class."""

import json

GOOD = ["a warm , funny and deeply moving film that delights from its start to its end",
        "a gorgeous , witty , seductive movie with wonderful performances throughout"]
BAD = "a dull , lifeless and painfully unfunny mess that wastes its talented cast"
ROWS = [(GOOD[0], "1"), (BAD, "negative"), (GOOD[1], "positive"), ("wonderful film", "1"), (BAD, "1"), (GOOD[0], "0")]

with open("train.tsv", "w") as out:
    out.write("sentence\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in ROWS))
with open("one-sided.tsv", "w") as out:
    out.write(f"sentence\tlabel\n{GOOD[0]}\t1\n")
with open("only-0.json", "w") as out:
    json.dump({"references": {"0": [{"text": GOOD[0]}]}}, out)
