# shellcheck shell=sh
# Starts one server, and ends it when the test that wanted it is gone, however that ended.
#
# The test holds the other end of stdin. The system closes it when the test exits, panics or is killed; then the server
# is killed and its folder removed. Until then each line is an order, answered by a line with the server's process id,
# which is empty when the server does not run. Arguments: the folder, then the command, which must stay one process.
folder=$1
shift
server=
# An answer to a test that is gone must not end what is here to clean up after it.
trap '' PIPE
while read -r order; do
  case $order in
    start) "$@" </dev/null >>"$folder/log" 2>&1 & server=$! ;;
    look) ;;
    *) [ -z "$server" ] || kill -s "$order" "$server" ;;
  esac
  # Until `jobs` has reaped a server that ended, its process id still counts as living.
  jobs >/dev/null
  [ -n "$server" ] && kill -s 0 "$server" || server=
  echo "$server"
done
if [ -n "$server" ]; then
  kill -s KILL "$server"
  wait "$server"
fi
rm -rf "$folder"
