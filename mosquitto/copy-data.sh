# Copies the broker's database and log with all attributes into the lab's backup. The file `data` marks a copy that is
# complete and on the disk.
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
