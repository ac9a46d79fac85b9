# shellcheck shell=sh
# Starts a Celery worker, and kills it with all processes of its pool when the benchmark is gone, however that ended.
#
# The benchmark holds the other end of stdin. The system closes it when the benchmark exits, panics or is killed.
# Arguments: the folder, which is removed at the end, then the command.
folder=$1
shift
# The worker leads a process group of its own, to which the processes of its pool belong.
setsid "$@" </dev/null >"$folder/log" 2>&1 &
worker=$!
cat >/dev/null
kill -s KILL -- "-$worker"
wait "$worker"
rm -rf "$folder"
