#!/bin/bash
# Scans an archive with GNU parallel, one job for each share of the files:
#
#   parallel.sh SHARES LOGINS RESULTS ARCHIVE [OPTION...]
#
# LOGINS are machines as parallel's --sshlogin takes them, such as host-a,host-b, or : for this one. RESULTS is a folder
# that all of them share. Run again after a failure, it goes on with the shares that are not done.
set -euo pipefail

shares=$1 logins=$2 results=$3
shift 3
mkdir -p "$results"
# Each machine gives all its cores to one share at a time. Status 3, some files could not be read, is a share that is done.
seq "$shares" | parallel --sshlogin "$logins" --jobs 1 --retries 3 --joblog "$results/joblog" --resume-failed \
  "${UNMASK:-unmask}" scan --shard "{}/$shares" --resume --ledger "$results/share-{}.ledger" \
  --output "$results/share-{}.jsonl" --exit-zero "${@@Q}" '|| [ $? -eq 3 ]'
