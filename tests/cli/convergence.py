"""How much the error of sampled scores falls from few samples to many, over a few seeds.

convergence.py PELLUCID MODEL METHOD FEW MANY EXACT
  EXACT: n_samples of the run that counts as exact ('all', or a number far beyond MANY)
Prints the error with FEW samples over the error with MANY, root mean squares.
"""

import json
import subprocess
import sys

TEXT = "a fast , funny , highly enjoyable and often moving movie ."
SEEDS = range(1, 5)


def scores(pellucid, model, method, samples, seed):
    done = subprocess.run([pellucid, "explain", "--quiet", "--json", "--model", model, "--text", TEXT, "--method", method,
                           "--seed", str(seed), "--option", f"n_samples={samples}"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["token_scores"]["values"][0][0]


def error(runs, exact):
    return (sum((a - b) ** 2 for run in runs for a, b in zip(run, exact)) / len(runs)) ** 0.5


def main():
    pellucid, model, method, few, many, best = sys.argv[1:]
    exact = scores(pellucid, model, method, best, 0)
    errors = [error([scores(pellucid, model, method, count, seed) for seed in SEEDS], exact) for count in (few, many)]
    print(f"{errors[0] / errors[1]:.2f}")


main()
