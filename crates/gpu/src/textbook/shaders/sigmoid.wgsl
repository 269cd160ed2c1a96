// The sigmoid and its loss; the twin is `sigmoid_and_loss` in crates/core/src/kernels/plain/loss.rs.

/// `e^-a` for `a >= 0`; below `e^-87` it is `e^-87`. `-a = k ln 2 + r`, and `e^r` by its Taylor polynomial.
fn exp_negative(a: f32) -> f32 {
    let x = -min(a, 87.0);
    let k = round(x * 1.442695);
    let r = (x - k * 0.6933594) + k * 2.1219444e-4;
    var p = 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return p * bitcast<f32>(u32(i32(k) + 127) << 23u);
}

/// `ln(1 + e)` for `e` in [0, 1]: `2 artanh(z)` with `z = e / (2 + e)`.
fn ln_1_plus(e: f32) -> f32 {
    let z = e / (2.0 + e);
    let zz = z * z;
    var p = 1.0 / 17.0;
    p = p * zz + 1.0 / 15.0;
    p = p * zz + 1.0 / 13.0;
    p = p * zz + 1.0 / 11.0;
    p = p * zz + 1.0 / 9.0;
    p = p * zz + 1.0 / 7.0;
    p = p * zz + 1.0 / 5.0;
    p = p * zz + 1.0 / 3.0;
    p = p * zz + 1.0;
    return 2.0 * z * p;
}

/// `σ(x)` and `-log σ(sign x)`. A score that is not finite is returned as both: comparisons and `min` may take NaN for a
/// number, and a run that diverged must end.
fn sigmoid_and_loss(x: f32, sign: f32) -> vec2<f32> {
    if ((bitcast<u32>(x) & 0x7f800000u) == 0x7f800000u) {
        return vec2(x, x);
    }
    let e = exp_negative(abs(x));
    let large = 1.0 / (1.0 + e);
    let probability = select(e * large, large, x >= 0.0);
    return vec2(probability, ln_1_plus(e) + max(-sign * x, 0.0));
}
