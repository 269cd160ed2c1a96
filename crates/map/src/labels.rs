//! Places the names of words so that none covers another.
//!
//! Finding the most names that fit is NP-hard (Formann and Wagner 1991); this is the usual greedy solution: in order of
//! importance, each name tries positions around its point, near ones first, and takes the one that covers least. A name
//! that does not fit is hidden. Boxes are indexed by a grid of cells, so each try compares nearby boxes only.
//!
//! Units are those of the drawing; y grows down the page. No two drawn boxes overlap, and all are inside the frame. Names avoid
//! points, but may cover some.

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its size from left to right.
    pub width: f64,
    /// Its size from top to bottom.
    pub height: f64,
}

impl Rect {
    /// Whether the two overlap by more than an edge.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right() && other.left < self.right() && self.top < other.bottom() && other.top < self.bottom()
    }

    /// Whether `other` is completely inside.
    pub fn holds(&self, other: &Rect) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }

    fn right(&self) -> f64 {
        self.left + self.width
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// The point of the rectangle that is nearest to (x, y).
    fn nearest(&self, x: f64, y: f64) -> (f64, f64) {
        (x.clamp(self.left, self.right()), y.clamp(self.top, self.bottom()))
    }
}

/// A point and the size of its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Label {
    /// The point's place from the left.
    pub x: f64,
    /// The point's place from the top.
    pub y: f64,
    /// The radius of the dot that is drawn there.
    pub radius: f64,
    /// The width of the name.
    pub width: f64,
    /// The height of the name.
    pub height: f64,
}

/// The position of a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// The box of the name.
    pub area: Rect,
    /// The point on the name's edge where the line from its dot ends, if the two are not side by side.
    pub leader: Option<(f64, f64)>,
}

/// The eight directions and those between them, in order of preference, right first.
const DIRECTIONS: [(f64, f64); 16] = [
    (1.0, 0.0),
    (1.0, -1.0),
    (1.0, 1.0),
    (0.0, -1.0),
    (0.0, 1.0),
    (-1.0, 0.0),
    (-1.0, -1.0),
    (-1.0, 1.0),
    (0.5, -1.0),
    (0.5, 1.0),
    (-0.5, -1.0),
    (-0.5, 1.0),
    (1.0, -0.5),
    (1.0, 0.5),
    (-1.0, -0.5),
    (-1.0, 0.5),
];
/// Distances from the dot, in heights of the name; beyond the first, a line connects the two.
const RINGS: [f64; 4] = [0.0, 0.6, 1.3, 2.2];
/// The gap between a dot and its name, in heights of the name.
const GAP: f64 = 0.12;
/// Costs of a position: the next direction, the next ring, each dot or piece of a line that it covers.
const PER_DIRECTION: f64 = 0.06;
const PER_RING: f64 = 1.5;
const PER_DOT: f64 = 3.2;

/// Places each name inside `frame`, the first names first; `None` if a name does not fit, or its numbers are not finite.
///
/// ```
/// use rapidvec_map::labels::{Label, Rect, place};
/// let frame = Rect { left: 0.0, top: 0.0, width: 100.0, height: 60.0 };
/// let label = |x, y| Label { x, y, radius: 2.0, width: 30.0, height: 10.0 };
/// let placed = place(&[label(50.0, 30.0), label(51.0, 31.0)], &frame);
/// let (first, second) = (placed[0].unwrap(), placed[1].unwrap());
/// assert!(first.area.left > 50.0 && !first.area.overlaps(&second.area));
/// ```
pub fn place(labels: &[Label], frame: &Rect) -> Vec<Option<Placed>> {
    let sound: Vec<_> = labels.iter().filter(|label| label.is_sound()).collect();
    let height = sound.iter().map(|label| label.height).fold(0.0, f64::max).max(1.0);
    let mut board = Board { frame: *frame, names: Grid::new(frame, height), dots: Grid::new(frame, height) };
    for label in &sound {
        board.dots.add(label.dot());
    }
    labels.iter().map(|label| if label.is_sound() { board.settle(label) } else { None }).collect()
}

impl Label {
    fn is_sound(&self) -> bool {
        let numbers = [self.x, self.y, self.radius, self.width, self.height];
        numbers.iter().all(|x| x.is_finite()) && numbers[2..].iter().all(|&x| x >= 0.0)
    }

    fn dot(&self) -> Rect {
        let size = 2.0 * self.radius;
        Rect { left: self.x - self.radius, top: self.y - self.radius, width: size, height: size }
    }

    /// The box of the name in this direction, at this distance.
    fn area(&self, (right, down): (f64, f64), ring: f64) -> Rect {
        let away = (self.radius + (GAP + ring) * self.height) / right.hypot(down);
        let aside = |direction: f64, size: f64| direction * (away + size / 2.0) - size / 2.0;
        Rect {
            left: self.x + aside(right, self.width),
            top: self.y + aside(down, self.height),
            width: self.width,
            height: self.height,
        }
    }
}

/// What has been placed so far.
struct Board {
    frame: Rect,
    names: Grid,
    dots: Grid,
}

impl Board {
    fn settle(&mut self, label: &Label) -> Option<Placed> {
        let mut best: Option<(f64, Placed)> = None;
        for (ring, &far) in RINGS.iter().enumerate() {
            let least = ring as f64 * PER_RING;
            if best.is_some_and(|(cost, _)| cost <= least) {
                break; // nothing farther away can be better
            }
            for (order, &direction) in DIRECTIONS.iter().enumerate() {
                let placed = placed(label, label.area(direction, far), ring);
                let Some(covered) = self.covered(label, &placed) else { continue };
                let cost = least + order as f64 * PER_DIRECTION + covered as f64 * PER_DOT;
                if best.is_none_or(|(lowest, _)| cost < lowest) {
                    best = Some((cost, placed));
                }
            }
        }
        let (_, placed) = best?;
        self.names.add(placed.area);
        for piece in pieces(label, &placed) {
            self.dots.add(piece); // later names avoid the line if they can
        }
        Some(placed)
    }

    /// The number of dots, other than its own, and pieces of lines that a name covers there; `None` if it cannot be placed there.
    fn covered(&self, label: &Label, placed: &Placed) -> Option<usize> {
        let free = self.frame.holds(&placed.area) && self.names.count(&placed.area) == 0;
        let line_is_free = || pieces(label, placed).iter().all(|piece| self.names.count(piece) == 0);
        if !free || !line_is_free() {
            return None;
        }
        let own = usize::from(placed.area.overlaps(&label.dot()));
        Some(self.dots.count(&placed.area) - own)
    }
}

fn placed(label: &Label, area: Rect, ring: usize) -> Placed {
    let leader = (ring > 0).then(|| area.nearest(label.x, label.y));
    Placed { area, leader }
}

/// The line from the dot to the name as small squares.
fn pieces(label: &Label, placed: &Placed) -> Vec<Rect> {
    let Some((x, y)) = placed.leader else { return Vec::new() };
    let size = (label.height / 8.0).max(0.5);
    let count = ((x - label.x).hypot(y - label.y) / (2.0 * size)).ceil().max(1.0);
    let at = |step: usize| {
        let share = step as f64 / count;
        let (x, y) = (label.x + (x - label.x) * share, label.y + (y - label.y) * share);
        Rect { left: x - size / 2.0, top: y - size / 2.0, width: size, height: size }
    };
    // Not inside the dot or the name, both of which are on the board already.
    let free = |piece: &Rect| !piece.overlaps(&placed.area) && !piece.overlaps(&label.dot());
    (1..count as usize).map(at).filter(free).collect()
}

/// Rectangles, indexed by position.
struct Grid {
    left: f64,
    top: f64,
    cell: f64,
    columns: usize,
    rows: usize,
    cells: Vec<Vec<u32>>,
    rects: Vec<Rect>,
}

/// The maximum number of cells in a row or column.
const MAX_CELLS: f64 = 512.0;

impl Grid {
    fn new(frame: &Rect, height: f64) -> Self {
        let cell = (2.0 * height).max(frame.width / MAX_CELLS).max(frame.height / MAX_CELLS);
        let cells = |size: f64| (size / cell).ceil().clamp(1.0, MAX_CELLS) as usize;
        let (columns, rows) = (cells(frame.width), cells(frame.height));
        let cells = vec![Vec::new(); columns * rows];
        Self { left: frame.left, top: frame.top, cell, columns, rows, cells, rects: Vec::new() }
    }

    fn add(&mut self, rect: Rect) {
        let index = self.rects.len() as u32; // one for each word or piece of a line: far fewer than 4 billion
        self.rects.push(rect);
        for cell in self.reach(&rect) {
            self.cells[cell].push(index);
        }
    }

    /// The cells that `rect` touches; parts outside the frame belong to the cells at its edge.
    fn reach(&self, rect: &Rect) -> impl Iterator<Item = usize> + use<> {
        let cell = |x: f64, count: usize| ((x / self.cell).floor().max(0.0) as usize).min(count - 1);
        let (first, last) = (cell(rect.left - self.left, self.columns), cell(rect.right() - self.left, self.columns));
        let (upper, lower) = (cell(rect.top - self.top, self.rows), cell(rect.bottom() - self.top, self.rows));
        let columns = self.columns;
        (upper..=lower).flat_map(move |row| (first..=last).map(move |column| row * columns + column))
    }

    /// How many rectangles overlap with this one.
    fn count(&self, rect: &Rect) -> usize {
        let mut found: Vec<u32> = Vec::new();
        for cell in self.reach(rect) {
            found.extend(self.cells[cell].iter().filter(|&&index| self.rects[index as usize].overlaps(rect)));
        }
        found.sort_unstable();
        found.dedup(); // counted once even if it is in several cells
        found.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rapidvec_core::{Purpose, Rng};

    const FRAME: Rect = Rect { left: 0.0, top: 0.0, width: 800.0, height: 600.0 };

    fn label(x: f64, y: f64) -> Label {
        Label { x, y, radius: 3.0, width: 40.0, height: 12.0 }
    }

    fn drawn(placed: &[Option<Placed>]) -> Vec<Rect> {
        placed.iter().flatten().map(|placed| placed.area).collect()
    }

    #[track_caller]
    fn check(labels: &[Label], frame: &Rect) -> usize {
        let areas = drawn(&place(labels, frame));
        for (index, area) in areas.iter().enumerate() {
            assert!(frame.holds(area), "{area:?} leaves the frame");
            for other in &areas[..index] {
                assert!(!area.overlaps(other), "{area:?} and {other:?}");
            }
        }
        areas.len()
    }

    #[test]
    fn a_single_name_is_to_the_right_of_its_dot() {
        let placed = place(&[label(100.0, 100.0)], &FRAME)[0].unwrap();
        assert_eq!(placed.leader, None);
        assert!((placed.area.left - 104.44).abs() < 1e-9 && (placed.area.top - 94.0).abs() < 1e-9, "{placed:?}");
    }

    #[test]
    fn a_name_at_the_right_edge_is_to_the_left_of_its_dot() {
        let placed = place(&[label(795.0, 300.0)], &FRAME)[0].unwrap();
        assert!(placed.area.right() < 793.0 && placed.leader.is_none());
    }

    #[test]
    fn of_names_that_compete_for_a_place_the_first_gets_it() {
        let placed = place(&[label(100.0, 100.0); 30], &FRAME);
        assert!(placed[0].unwrap().leader.is_none());
        let lines = placed.iter().flatten().filter(|placed| placed.leader.is_some()).count();
        assert!(lines > 0, "no name stands farther out");
        assert!(placed[29].is_none(), "no room for that many");
        check(&[label(100.0, 100.0); 30], &FRAME);
    }

    #[test]
    fn a_name_goes_round_the_dots_of_others() {
        let dots: Vec<_> = [label(100.0, 100.0), label(120.0, 100.0)].into();
        let placed = place(&dots, &FRAME)[0].unwrap();
        assert!(!placed.area.overlaps(&dots[1].dot()), "{placed:?}");
    }

    #[test]
    fn a_line_crosses_no_name() {
        let mut labels = vec![label(100.0, 100.0); 24];
        labels.extend((0..20).map(|i| label(80.0 + 5.0 * f64::from(i), 90.0 + f64::from(i))));
        let placed = place(&labels, &FRAME);
        let areas = drawn(&placed);
        let mut lines = 0;
        for (label, placed) in labels.iter().zip(&placed).filter_map(|(label, placed)| Some((label, (*placed)?))) {
            lines += usize::from(placed.leader.is_some());
            for piece in pieces(label, &placed) {
                // A later name may cover an earlier line where it found no better place, an earlier one never.
                let index = areas.iter().position(|area| *area == placed.area).unwrap();
                assert!(areas[..index].iter().all(|area| !area.overlaps(&piece)));
            }
        }
        assert!(lines > 4, "only {lines} lines to look at");
    }

    #[test]
    fn a_thousand_names_never_overlap_and_many_find_room() {
        let mut rng = Rng::stream(1, Purpose::Map, 0);
        let mut number = |size: f64| rng.uniform() * size;
        let labels: Vec<_> =
            (0..1000).map(|_| Label { width: 10.0 + number(60.0), ..label(number(800.0), number(600.0)) }).collect();
        let drawn = check(&labels, &FRAME);
        // 800 x 600 holds 1,000 names of 40 x 12 only if they fill it without a gap.
        assert!(drawn > 350, "only {drawn} names found room");
    }

    #[test]
    fn names_without_a_place_on_earth_are_hidden() {
        let odd = [f64::NAN, f64::INFINITY, -1.0, 1e300];
        let labels: Vec<_> = odd.iter().map(|&width| Label { width, ..label(9.0, 9.0) }).collect();
        assert_eq!(drawn(&place(&labels, &FRAME)).len(), 0);
        assert!(place(&[Label { x: f64::NAN, ..label(0.0, 9.0) }], &FRAME)[0].is_none());
        assert_eq!(place(&[], &FRAME).len(), 0);
        let nothing = Rect { left: 0.0, top: 0.0, width: 0.0, height: 0.0 };
        assert!(place(&[label(0.0, 0.0)], &nothing)[0].is_none());
    }

    proptest! {
        #[test]
        fn whatever_the_sizes_no_two_names_overlap(
            labels in prop::collection::vec((-50.0..850.0, -50.0..650.0, 0.0..9.0, 0.0..200.0, 0.0..40.0), 0..80),
        ) {
            let labels: Vec<_> = labels
                .into_iter()
                .map(|(x, y, radius, width, height)| Label { x, y, radius, width, height })
                .collect();
            check(&labels, &FRAME);
        }
    }
}
