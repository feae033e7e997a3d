# shellcheck shell=bash
# Sourced by the programs in bin/: finds or installs what they need, and builds. Changes nothing where nothing is missing.

NEEDLEFS_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
NEEDLEFS_CACHE=${NEEDLEFS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/needlefs}
NEEDLEFS_BUILD=$NEEDLEFS_HOME/fuse-client/target/needlefs # lib/: Maven's result; current/: the one that runs
JDK_MIN=25
# Folders in which JDKs are looked for, beside JAVA_HOME and the PATH.
JDK_FOLDERS=${NEEDLEFS_JDK_FOLDERS:-/usr/lib/jvm:$NEEDLEFS_CACHE}

say() { printf '%s\n' "$*" >&2; }
die() {
  printf 'needlefs: %s\n' "$*" >&2
  exit 1
}

# jdk_is_new_enough HOME [PROGRAM]: reads the release file, since starting Java to ask it costs 40 ms.
jdk_is_new_enough() {
  local line version=0
  [ -x "$1/bin/${2:-java}" ] && [ -r "$1/release" ] || return 1
  while read -r line; do
    [[ $line == JAVA_VERSION=* ]] && version=${line#JAVA_VERSION=\"} && version=${version%%[^0-9]*}
  done <"$1/release"
  [ "${version:-0}" -ge $JDK_MIN ]
}

# find_jdk PROGRAM: sets JDK_HOME to a JDK that is new enough and has PROGRAM (java, javac); 1 if there is none.
find_jdk() {
  local program=$1 candidate folder folders on_path
  if [ -n "${JAVA_HOME:-}" ] && jdk_is_new_enough "$JAVA_HOME" "$program"; then
    JDK_HOME=$JAVA_HOME
    return 0
  fi
  IFS=: read -ra folders <<<"$JDK_FOLDERS"
  for folder in "${folders[@]}"; do
    for candidate in "$folder"/*; do
      if jdk_is_new_enough "$candidate" "$program"; then
        JDK_HOME=$candidate
        return 0
      fi
    done
  done
  if on_path=$(command -v java) && candidate=$(readlink -f "$on_path"); then
    candidate=${candidate%/bin/java}
    if jdk_is_new_enough "$candidate" "$program"; then
      JDK_HOME=$candidate
      return 0
    fi
  fi
  return 1
}

# as_root COMMAND…: 1 if this user can't become root without being asked.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}
can_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

APT_UPDATED=
# apt_install PACKAGE…: quietly; the first line of apt's complaint if it fails.
apt_install() {
  local log
  log=$(mktemp)
  if [ -z "$APT_UPDATED" ]; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$log" 2>&1 || true # an old list may do
    APT_UPDATED=1
  fi
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@" >>"$log" 2>&1; then
    grep '^E:' "$log" | grep -m1 -v 'Can not write log' >&2 || tail -n1 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

apt_has() { apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [0-9]'; }

has_libfuse2() { compgen -G '/lib/*/libfuse.so.2' >/dev/null || compgen -G '/usr/lib/*/libfuse.so.2' >/dev/null; }

# missing_packages build|test: the Debian packages of programs that are not there, one a line.
missing_packages() {
  local pair
  local -a wanted=(mvn:maven fusermount3:fuse3)
  if [ "$1" = test ]; then
    wanted+=(rsync:rsync git:git fio:fio sqlite3:sqlite3 getfattr:attr getfacl:acl gcc:gcc make:make)
    wanted+=(findmnt:mount ps:procps)
  fi
  for pair in "${wanted[@]}"; do
    command -v "${pair%%:*}" >/dev/null || printf '%s\n' "${pair#*:}"
  done
  has_libfuse2 || printf 'libfuse2\n'
  if [ "$1" = test ] && command -v gcc >/dev/null && ! compgen -G '/usr/include/*/sys/types.h' >/dev/null; then
    printf 'libc6-dev\n'
  fi
}

# setup build|test: afterwards everything is there and JDK_HOME is set; otherwise one line says what is missing.
setup() {
  local package
  local -a missing=()
  mapfile -t missing < <(missing_packages "$1")
  if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || die "missing: ${missing[*]} (Debian's names); install them and run this again"
    can_be_root || die "missing: ${missing[*]}; run: sudo apt-get install ${missing[*]}"
    say "Installing ${missing[*]} …"
    apt_install ca-certificates || die "could not install Debian packages (above)"
    local -a names=()
    for package in "${missing[@]}"; do
      [ "$package" = libfuse2 ] && apt_has libfuse2t64 && package=libfuse2t64 # its name since Debian 13
      [ "$package" = gcc ] && names+=(libc6-dev)
      names+=("$package")
    done
    apt_install "${names[@]}" || die "could not install: ${names[*]} (above)"
  fi
  find_jdk javac || install_jdk
}

install_jdk() {
  local how="install a JDK $JDK_MIN or newer, or point JAVA_HOME at one"
  command -v apt-get >/dev/null || die "missing: a JDK $JDK_MIN; $how"
  if apt_has "openjdk-$JDK_MIN-jdk-headless" && can_be_root; then
    say "Installing openjdk-$JDK_MIN-jdk-headless …"
    apt_install "openjdk-$JDK_MIN-jdk-headless" || die "could not install openjdk-$JDK_MIN-jdk-headless (above); $how"
  else
    say "Fetching a JDK $JDK_MIN into $NEEDLEFS_CACHE …"
    fetch_jdk || die "missing: a JDK $JDK_MIN, and Debian's servers gave none; $how"
  fi
  find_jdk javac || die "missing: a JDK $JDK_MIN; $how"
}

# Debian 12 has no JDK 25. That of the next release needs a newer C library, so both are unpacked into the cache, and the
# JDK's programs are told to use it; the system's own libraries, made for an older one, work with it too. Needs no root.
fetch_jdk() {
  local architecture multiarch work repository program library jdk final=$NEEDLEFS_CACHE/jdk-$JDK_MIN
  local package=openjdk-$JDK_MIN suite=trixie keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  architecture=$(dpkg --print-architecture)
  mkdir -p "$NEEDLEFS_CACHE"
  if can_be_root && [ -z "$APT_UPDATED" ]; then
    as_root apt-get -q update >/dev/null 2>&1 || true
  fi
  # The same server that this machine's packages come from.
  # shellcheck disable=SC2016 # apt fills it in
  repository=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | head -n1)
  [ -n "$repository" ] && [ -r $keyring ] || return 1
  work=$(mktemp -d "$NEEDLEFS_CACHE/.fetch.XXXXXX")
  if (
    set -e
    cd "$work"
    mkdir -p lists/partial archives/partial root
    printf 'deb [signed-by=%s] %s %s main\n' $keyring "$repository" $suite >sources.list
    : >status
    private=(-q -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
      -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null -o "Dir::State::lists=$work/lists"
      -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o APT::Sandbox::User=root)
    apt-get "${private[@]}" update
    apt-get "${private[@]}" download $package-jdk-headless $package-jre-headless libc6 libgcc-s1 libstdc++6 zlib1g
    for file in *.deb; do dpkg -x "$file" root; done
    rm -- *.deb
    mkdir tool && cd tool
    apt-get -q download patchelf
    dpkg -x patchelf*.deb .
  ) >"$work/log" 2>&1; then
    jdk=$work/jdk
    mv "$work"/root/usr/lib/jvm/java-$JDK_MIN-openjdk-* "$jdk" || return 1
    # The package keeps its settings in /etc: into the JDK with them.
    find "$jdk" -type l -lname "/etc/java-$JDK_MIN-openjdk/*" -print | while read -r program; do
      cp --remove-destination "$work/root$(readlink "$program")" "$program"
    done
    multiarch=$(basename "$(dirname "$(find "$work/root/usr/lib" -name libc.so.6 | head -n1)")")
    mkdir "$jdk/libc"
    cp -a "$work/root/usr/lib/$multiarch"/*.so* "$jdk/libc/"
    library=$(cd "$jdk/libc" && compgen -G 'ld-linux*')
    for program in "$jdk"/bin/* "$jdk"/lib/jspawnhelper "$jdk"/lib/jexec; do
      [ -f "$program" ] && "$work/tool/usr/bin/patchelf" --set-interpreter "$final/libc/$library" \
        --force-rpath --set-rpath "$final/lib:$final/libc" "$program"
    done
    rm -rf "$final"
    mv "$jdk" "$final" && rm -rf "$work"
    "$final/bin/java" -version >/dev/null 2>&1 && return 0
    say "The JDK for $architecture does not run here."
    rm -rf "$final"
    return 1
  fi
  grep -m1 '^E:' "$work/log" >&2 || true
  rm -rf "$work"
  return 1
}

# maven ARGUMENT…: on the JDK that was found, whatever the default java is.
maven() {
  local skipped=
  [ -t 1 ] || skipped=-Dstyle.color=never
  export MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
  (cd "$NEEDLEFS_HOME" && JAVA_HOME=$JDK_HOME exec mvn -B --no-transfer-progress ${skipped:+"$skipped"} "$@")
}

# 0 if the built program is older than what it is built from.
is_stale() {
  local stamp=$NEEDLEFS_BUILD/current/.built
  [ -f "$stamp" ] || return 0
  [ -n "$(cd "$NEEDLEFS_HOME" && find pom.xml ./*/pom.xml storage/src/main cluster/src/main fuse-client/src/main \
    -newer "$stamp" -print -quit)" ]
}

# Builds the program if it is older than its sources; without tests. Safe when two start at once.
build() {
  is_stale || return 0
  mkdir -p "$NEEDLEFS_BUILD"
  (
    flock 9
    is_stale || exit 0
    say "Building NeedleFS (the first time also fetches its libraries) …"
    program=$(mktemp -d "$NEEDLEFS_BUILD/program.XXXXXX")
    : >"$program/.built" # older than what changes from now on
    rm -rf "${NEEDLEFS_BUILD:?}/lib"
    if ! maven -q -Pquick -DskipTests -pl fuse-client -am package >&2; then
      rm -rf "$program"
      exit 1
    fi
    # A mount that runs goes on with the libraries that it started from: they are kept until the build after the next.
    ln "$NEEDLEFS_BUILD"/lib/*.jar "$program/"
    make_aot_cache "$program"
    before=$(readlink "$NEEDLEFS_BUILD/current" || true)
    ln -sfn "${program##*/}" "$NEEDLEFS_BUILD/current"
    for old in "$NEEDLEFS_BUILD"/program.*; do
      [ "$old" = "$program" ] || [ "${old##*/}" = "$before" ] || rm -rf "$old"
    done
  ) 9>"$NEEDLEFS_BUILD/.lock" || die "the build failed (above)"
}

# Sets JAVA_FLAGS for the jars in a folder: the same for every start, since an AOT cache is of use to the same class path only.
java_flags() {
  local -a jars=("$1"/*.jar)
  JAVA_FLAGS=(-cp "$(IFS=: && printf '%s' "${jars[*]}")" --enable-native-access=ALL-UNNAMED
    --sun-misc-unsafe-memory-access=allow)
}
# A command should start quickly; a mount lives long.
# shellcheck disable=SC2034 # used by needlefs
COMMAND_FLAGS=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m)
# sun.nio.ch: Xodus keeps its files open when a thread is interrupted if it may look in there.
# shellcheck disable=SC2034
MOUNT_FLAGS=(--add-opens java.base/sun.nio.ch=ALL-UNNAMED "-Xmx${NEEDLEFS_HEAP:-512m}" -XX:MaxDirectMemorySize=1t -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError)

# Keeps the classes that commands load in the form that the JVM needs them: they start in half the time. Not having it only
# costs that time, so failing to make it is no error.
make_aot_cache() {
  java_flags "$1"
  "$JDK_HOME/bin/java" "${JAVA_FLAGS[@]}" "${COMMAND_FLAGS[@]}" -XX:AOTCacheOutput="$1/.commands.aot" \
    org.needlefs.client.cli.Main doctor --json >"$NEEDLEFS_BUILD/.aot.log" 2>&1 || true
  [ ! -f "$1/.commands.aot" ] || mv "$1/.commands.aot" "$1/commands.aot"
}
