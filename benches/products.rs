//! Multiply-adds per second of products in eight bits, by the sizes of layers that a small network might have
//! (docs/neural.md): `RAYON_NUM_THREADS=1 cargo bench --features neural --bench products`, on one core.
#![allow(missing_docs, clippy::expect_used)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_tensor::NdTensorView;

/// Tokens that are multiplied at once.
const ROWS: usize = 64;

/// What goes into a layer for each token, and what comes out: convolutions over three tokens, 64, 96 and 128 wide,
/// the last also with three pieces of maxout.
#[divan::bench(args = [(192, 64), (288, 96), (384, 128), (384, 384)])]
fn layer(bencher: Bencher<'_, '_>, (inputs, outputs): (usize, usize)) {
    let rows: Vec<u8> = (0..=126).cycle().take(ROWS * inputs).collect();
    let weights: Vec<i8> = (-127..=127).cycle().take(inputs * outputs).collect();
    let executor = GemmExecutor::<u8, i8, i32>::new();
    let packed = executor.prepack_b(NdTensorView::from_data([inputs, outputs], weights.as_slice()));
    let mut products = vec![0; ROWS * outputs];
    bencher.counter(ItemsCount::new(ROWS * inputs * outputs)).bench_local(|| {
        let rows = GemmInputA::Unpacked(NdTensorView::from_data([ROWS, inputs], rows.as_slice()));
        let options = GemmOptions::default();
        executor.gemm(&mut products, rows, GemmInputB::Packed(&packed), options).expect("sizes that fit");
        black_box(&mut products);
    });
}

fn main() {
    divan::main();
}
