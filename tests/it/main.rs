//! One binary for every test that needs the program or the tree as a whole.

mod bench;
mod desk;
mod export;
mod faults;
mod gateway;
mod machine;
mod plugin;
mod replay;
mod screen;
mod secure;
mod tidy;
mod v1;
mod world;
