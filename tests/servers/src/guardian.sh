# shellcheck shell=sh
# Starts one server, and ends it when the test that needs it has ended, in whatever way.
#
# The test holds the other end of stdin. The system closes it when the test exits, panics or is killed. Then this script
# kills the server and removes its folder. Until then each line is an order. The script answers it with a line that holds
# the server's process id, or nothing if the server is not running. Arguments: the folder, then the command, which must
# stay one process.
folder=$1
shift
server=
# Answering a test that has ended must not end this script, which cleans up after it.
trap '' PIPE
while read -r order; do
  case $order in
    start) "$@" </dev/null >>"$folder/log" 2>&1 & server=$! ;;
    look) ;;
    *) [ -z "$server" ] || kill -s "$order" "$server" ;;
  esac
  # Until `jobs` has reaped a server that ended, its process id still counts as alive.
  jobs >/dev/null
  [ -n "$server" ] && kill -s 0 "$server" || server=
  echo "$server"
done
if [ -n "$server" ]; then
  kill -s KILL "$server"
  wait "$server"
fi
rm -rf "$folder"
