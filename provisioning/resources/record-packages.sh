# Makes apt record in $folder/packages what it will install, with dependencies, before dpkg unpacks anything.
# Leaves apt's options in $recording. Ends the script where the hook cannot be written.
: "${folder?}" "${mode?}" "${requested?}" "${hook_text?}"

hook=$folder/note-packages
install -d -m 0755 "${folder%/*}" &&
  install -d -m "$mode" "$folder" &&
  printf '%s\n' "$hook_text" >"$hook" &&
  chmod 0700 "$hook" &&
  echo "requested $requested" >>"$folder/packages" || exit 1
# shellcheck disable=SC2034
recording="-o DPkg::Pre-Install-Pkgs::=$hook -o DPkg::Tools::Options::$hook::Version=3 -o APT::Keep-Downloaded-Packages=false"
