//! Builds libzmq with CURVE over the libsodium of libsodium-sys-stable, and for Linux with what it
//! can ask of that kernel: README.md says which flag is for what.

use std::env;

const LINUX: [&str; 6] = [
    "ZMQ_HAVE_EVENTFD",
    "ZMQ_HAVE_EVENTFD_CLOEXEC",
    "ZMQ_HAVE_SOCK_CLOEXEC",
    "HAVE_ACCEPT4",
    "ZMQ_IOTHREAD_POLLER_USE_EPOLL_CLOEXEC",
    "ZMQ_HAVE_SO_PEERCRED",
];

fn main() {
    println!("cargo:rerun-if-changed=build/main.rs");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // zeromq-src takes no definitions of others, but its compiler driver reads this variable.
        let stated = env::var("CXXFLAGS").unwrap_or_default();
        let ours: Vec<_> = LINUX.iter().map(|name| format!("-D{}=1", name)).collect();
        env::set_var("CXXFLAGS", format!("{} {}", stated, ours.join(" ")));
    }
    let told = |name| env::var(name).expect("libsodium-sys-stable tells where libsodium is");
    let sodium = zeromq_src::LibLocation::new(told("DEP_SODIUM_LIB"), told("DEP_SODIUM_INCLUDE"));
    zeromq_src::Build::new().with_libsodium(Some(sodium)).build();
}
