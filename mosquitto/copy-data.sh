# Copies the broker's database and log into the lab's backup, with all their attributes. The mark `data`, made when the
# copy is on the disk, says that it is complete.
: "${folder?}" "${data_folders?}"

copy_data() {
  for path in $data_folders; do
    rm -rf "$folder/files$path"
    [ -d "$path" ] || continue
    mkdir -p "$folder/files${path%/*}"
    cp -a "$path" "$folder/files$path"
  done
  sync -f "$folder"
  : >"$folder/data"
  sync "$folder/data" "$folder"
}
