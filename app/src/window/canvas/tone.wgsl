// A page's pixels in another tone; the formulas are those of tone.rs.

struct Tone {
    dark: vec4<f32>,
    // Its fourth part says which formula: 0 turned, 1 channels, 2 lightness.
    light: vec4<f32>,
}

@group(0) @binding(0) var page: texture_2d<f32>;
@group(0) @binding(1) var<uniform> tone: Tone;

// One triangle that covers everything.
@vertex
fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    let x = f32((index & 1u) << 2u) - 1.0;
    let y = f32((index & 2u) << 1u) - 1.0;
    return vec4<f32>(x, y, 0.0, 1.0);
}

@fragment
fn color(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let c = textureLoad(page, vec2<i32>(at.xy), 0);
    if tone.light.a < 0.5 {
        let ends = max(c.r, max(c.g, c.b)) + min(c.r, min(c.g, c.b));
        return vec4<f32>(clamp(c.rgb + (c.a - ends), vec3<f32>(0.0), vec3<f32>(1.0)), c.a);
    }
    var by = c.rgb;
    if tone.light.a > 1.5 {
        by = vec3<f32>(dot(c.rgb, vec3<f32>(54.0, 183.0, 19.0) / 256.0));
    }
    return vec4<f32>(tone.dark.rgb * c.a + by * (tone.light.rgb - tone.dark.rgb), c.a);
}
