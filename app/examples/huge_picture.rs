//! Makes a picture of any size row by row, for measuring what is too large to be kept
//! in a repository: `huge_picture OUT.png|OUT.jpg WIDTH HEIGHT [NOISE]`. The more noise
//! (0 to 255), the less it can be packed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a tool for measuring, which ends where something is missing"
)]

use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};
use std::fs::File;
use std::io::{BufWriter, Write};

/// A picture that is computed where it is looked at.
struct Scene {
    width: u32,
    height: u32,
    noise: u32,
}

impl Scene {
    fn row(&self, y: u32) -> Vec<u8> {
        let mut state = y.wrapping_mul(2_654_435_761) | 1;
        let down = (f64::from(y) / 700.0).sin() * 60.0;
        let pixel = |x: u32| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let noise = (state >> 8) % (self.noise + 1);
            // A grid of numbers' worth of edges, and slow colours between.
            let edge = if x / 64 % 8 == y / 64 % 8 { 40 } else { 0 };
            let across = (f64::from(x) / 900.0).cos() * 60.0;
            let light = (128.0 + down + across) as u32;
            let byte = |value: u32| value.min(255) as u8;
            [
                byte(light + noise),
                byte(light / 2 + edge + noise),
                byte(255 - light.min(255) + noise),
            ]
        };
        (0..self.width).flat_map(pixel).collect()
    }
}

impl ImageBuffer for &Scene {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width.try_into().expect("a JPEG has 65,535 at most")
    }

    fn height(&self) -> u16 {
        self.height.try_into().expect("a JPEG has 65,535 at most")
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let [luma, blue, red, _] = buffers;
        for [r, g, b] in self.row(y.into()).as_chunks::<3>().0 {
            let (y, cb, cr) = rgb_to_ycbcr(*r, *g, *b);
            luma.push(y);
            blue.push(cb);
            red.push(cr);
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, name, width, height, noise @ ..] = arguments.as_slice() else {
        panic!("huge_picture OUT.png|OUT.jpg WIDTH HEIGHT [NOISE]");
    };
    let scene = Scene {
        width: width.parse().unwrap(),
        height: height.parse().unwrap(),
        noise: noise.first().map_or(24, |noise| noise.parse().unwrap()),
    };
    let mut file = BufWriter::new(File::create(name).unwrap());
    if name.ends_with(".png") {
        let mut encoder = png::Encoder::new(&mut file, scene.width, scene.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().unwrap();
        let mut stream = writer.stream_writer().unwrap();
        for y in 0..scene.height {
            stream.write_all(&scene.row(y)).unwrap();
        }
        stream.finish().unwrap();
    } else {
        let mut encoder = Encoder::new(&mut file, 85);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.encode_image(&scene).unwrap();
    }
    file.flush().unwrap();
}
