# complete_line LINE: what bash would offer at the end of this command line, one a line.
source <("$PELLUCID" completion bash)
complete_line() {
  local current=${1##*[[:blank:]]}
  COMP_LINE=$1 COMP_POINT=${#1}
  _pellucid pellucid "${current##*[=,@]}" ""
  printf '%s\n' "${COMPREPLY[@]}"
}
