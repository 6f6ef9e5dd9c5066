#!/usr/bin/env bash
# Breaks single lines of the product in a copy of the tree and sees the simulation notice (simulation.md, rule 14).
#   tests/mutations.sh                 all of them
#   tests/mutations.sh claim-ignored   only those named
# Ends with 0 only if every mutation was caught by some seed up to SEEDS (default 200). Promises of ports and peers have their
# mutations in tests/Cki.Simulation.Tests/Suite/Mutations.cs, which the tests run by themselves.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

# name | file | sed expression
mutations() {
  cat <<'LIST'
claim-ignored|functions/Core/Pipelines/Starting.cs|s/public static bool IsClaimed(RunAttempt attempt, DateTimeOffset now) => .*/public static bool IsClaimed(RunAttempt attempt, DateTimeOffset now) => false;/
evidence-ignored|functions/Core/Herding/Herding.cs|s/ ?? FromStrong(facts, kind)//
known-anywhere|functions/Core/Herding/KnownFailure.cs|s/? f.Sha == run.Previous ||/? f.Branch.Length > 0 ||/
signature-ignored|functions/Core/Herding/FailureSignature.cs|s/lines.Length == 0 ? null : .*/lines.Length == 0 ? null : "0123456789abcdef";/
undecided-ignored|functions/Core/Pipelines/Settling.cs|s/AllTerminal && UndecidedFailures.Count == 0 && !RetryPending/AllTerminal \&\& !RetryPending/
retry-pending-ignored|functions/Core/Pipelines/Settling.cs|s/AllTerminal && UndecidedFailures.Count == 0 && !RetryPending/AllTerminal \&\& UndecidedFailures.Count == 0/
delivery-claim-ignored|functions/Core/Reporting/DeliveryDecision.cs|s/if (current?.ClaimedUntil > now)/if (current?.ClaimedUntil > now.AddYears(9))/
nobody-watches|functions/Watch/DueSweep.cs|s/keys.TakeWhile(k => .*)/keys.Take(0))/
heads-forgotten|functions/Core/Watching/PollPlan.cs|s/public static bool IsDue(\(.*\)) =>$/public static bool IsDue(\1) => false \&\&/
LIST
}

copy=$(mktemp -d)
log=$(mktemp)
trap 'rm -rf "$copy" "$log"' EXIT
git archive HEAD | tar -x -C "$copy"
missed=0
while IFS='|' read -r name file change; do
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  cp "$copy/$file" "$copy/sound"
  sed -i "$change" "$copy/$file"
  if cmp -s "$copy/sound" "$copy/$file"; then
    echo "$name: nothing in $file matches; mend the mutation"
    missed=$((missed + 1))
  elif ! dotnet build "$copy/tests/Cki.Simulation.Tests" -c Release -v quiet -nologo >"$log" 2>&1; then
    echo "$name: does not build: $(grep -m 1 error "$log")"
    missed=$((missed + 1))
  else
    dotnet "$copy/artifacts/bin/Cki.Simulation.Tests/release/Cki.Simulation.Tests.dll" seeds --from 1 --to "${SEEDS:-200}" >"$log" 2>&1
    if [ $? -eq 1 ]; then
      echo "$name: caught after $(grep -c '^seed ' "$log") sound seeds: $(grep -B 1 '^Replay: ' "$log" | head -n 1)"
    else
      echo "$name: NOT CAUGHT"
      missed=$((missed + 1))
    fi
  fi
  mv "$copy/sound" "$copy/$file"
  touch "$copy/$file"
done < <(mutations)
[ "$missed" = 0 ]
