# What the tests of the guest say things with. Sourced; a test is a function whose name is the end of the sentence
# that its file's "# tests:" begins.
me=/sys/fs/cgroup/user.slice/user-$UID.slice/user@$UID.service

trap 'echo "$(basename "$BASH_SOURCE"):$LINENO: failed: $BASH_COMMAND" >&2' ERR

skip() { echo "$*"; exit 77; }
fail() {
  echo "${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: $*" >&2
  exit 1
}

expect_equal() {
  [ "$1" = "$2" ] || { echo "${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: is '$1', not '$2'" >&2; exit 1; }
}
expect_match() {
  [[ $1 =~ $2 ]] || { echo "${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: '$1' does not match '$2'" >&2; exit 1; }
}
expect_between() {
  [ "$1" -ge "$2" ] && [ "$1" -le "$3" ] ||
    { echo "${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: $1 is not between $2 and $3" >&2; exit 1; }
}
# Puts into `text` what the command says, both ways, and into `status` how it ends.
try() {
  status=0
  text=$("$@" 2>&1) || status=$?
}
# Waits until the command succeeds.
eventually() {
  local attempt
  for ((attempt = 0; attempt < 150; ++attempt)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: not within 15 s: $*" >&2
  exit 1
}

# An image of busybox, for containers to be made of.
make_image() {
  ! pod image exists box || return 0
  local root
  root=$(mktemp -d)
  mkdir -p "$root/bin" "$root/tmp" "$root/etc"
  cp "$(command -v busybox)" "$root/bin/busybox"
  local name
  for name in $(busybox --list | grep -vx busybox); do ln -s busybox "$root/bin/$name"; done
  echo root:x:0:0:root:/:/bin/sh >"$root/etc/passwd"
  tar -C "$root" -cf - . | pod import -c 'CMD ["/bin/sh"]' - localhost/box:latest >/dev/null
  rm -rf "$root"
}
# A container that does nothing until it is removed.
idle() { pod run -d --network none "$@" box sleep 1000; }
cgroup_of() { pod inspect -f '{{.State.CgroupPath}}' "$1"; }
# One of the files of a container's cgroup.
file_of() { cat "$(cgroup_of "$1")/$2"; }

clean_up() {
  pod pod rm -fa -t 0
  pod rm -fa -t 0
  pod volume rm -fa
}

# Ends this test here; it is called again after the boot with $MARK as its mark. More words are of systemctl's
# reboot: "--force --force" is like a loss of power, but for what is on its way to the disk.
reboot_and() {
  echo "$*" >/var/lib/guest/reboot
  trap - EXIT
  exit 0
}

# A login of somebody who does not linger, which ends with the command.
as_visitor() {
  sudo systemd-run --quiet --pipe --wait --collect -p User=visitor -p PAMName=login -p WorkingDirectory=/home/visitor \
    /bin/bash -c "$1"
}
