# Names the files with which this host changes Debian's service: they may start the broker with another configuration.
name_drop_ins() {
  drop_ins=$(systemctl show --property=DropInPaths --value mosquitto)
  if [ -n "$drop_ins" ]; then echo "this host changes the service in $drop_ins (systemctl cat mosquitto)"; fi
}
