# Makes the broker write its database (mosquitto(8), SIGUSR1) and waits for the file. Needs broker-functions.sh.
: "${database_folder?}" "${old?}"

stamp() { find "$database_folder" -maxdepth 1 -type f ! -name '*.new' -exec stat -c '%n %i %z' {} + | sort; }
before=$(stamp)
is_saved() { [ "$(stamp)" != "$before" ]; }
kill -s USR1 "$old"
wait_for is_saved 'the broker does not write its database upon SIGUSR1'
