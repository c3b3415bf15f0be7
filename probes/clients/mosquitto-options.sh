# The mosquitto clients read default options from $XDG_CONFIG_HOME/mosquitto_sub and …_pub (mosquitto_sub(1), FILES).
# Here these are links to the descriptor of a pipe: the password is in no file, no argument and no environment, and
# nothing remains of it when all is killed.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 141' PIPE
trap 'exit 143' TERM
ln -s /dev/fd/3 "$folder/mosquitto_sub"
ln -s /dev/fd/3 "$folder/mosquitto_pub"
export XDG_CONFIG_HOME="$folder"
