//! Which figure of a movement or return is recommended, after a write that touches some of them.

use super::words::{FigureRole, Phase};

/// One figure of a subject, in recorded order, as a write leaves it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// The phase that it counts in; `None` for a part, or for people who withdrew.
    pub phase: Option<Phase>,
    /// The role that it had before the write, if it was there.
    pub had: Option<FigureRole>,
    /// The phase in which it was before the write.
    pub phase_before: Option<Phase>,
    /// The role that this write asks for.
    pub asked: Option<FigureRole>,
}

/// Two figures that the same write explicitly recommends in one phase, by their places in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoRecommended(pub usize, pub usize);

/// The role of each figure of one subject.
///
/// Explicit beats default; the later write beats the earlier; a recommended figure that moves into an occupied phase
/// wins; the first figure of a phase is recommended unless it says otherwise; where one is lost, none is promoted.
pub fn assign(candidates: &[Candidate]) -> Result<Vec<FigureRole>, TwoRecommended> {
    let mut roles = vec![FigureRole::Triangulation; candidates.len()];
    for phase in [Phase::Intended, Phase::Actual] {
        let members: Vec<usize> = (0..candidates.len()).filter(|&i| candidates[i].phase == Some(phase)).collect();
        if let Some(winner) = winner(candidates, &members)? {
            roles[winner] = FigureRole::Recommended;
        }
    }
    Ok(roles)
}

fn winner(candidates: &[Candidate], members: &[usize]) -> Result<Option<usize>, TwoRecommended> {
    let recommended = Some(FigureRole::Recommended);
    let explicit: Vec<usize> = members.iter().copied().filter(|&i| candidates[i].asked == recommended).collect();
    if let [first, second, ..] = explicit[..] {
        return Err(TwoRecommended(first, second));
    }
    if let Some(&winner) = explicit.first() {
        return Ok(Some(winner));
    }
    let holds = |i: &usize| candidates[*i].had == recommended && candidates[*i].asked.is_none();
    let moved = |i: &usize| holds(i) && candidates[*i].phase_before != candidates[*i].phase;
    if let Some(&winner) = members.iter().rfind(|i| moved(i)) {
        return Ok(Some(winner));
    }
    if let Some(&winner) = members.iter().find(|i| holds(i)) {
        return Ok(Some(winner));
    }
    let default = |i: &usize| candidates[*i].had.is_none() && candidates[*i].asked.is_none();
    Ok(members.first().copied().filter(|first| default(first)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use FigureRole::{Recommended, Triangulation};
    use Phase::{Actual, Intended};

    fn new(phase: Phase, asked: Option<FigureRole>) -> Candidate {
        Candidate { phase: Some(phase), had: None, phase_before: None, asked }
    }

    fn old(phase: Phase, had: FigureRole) -> Candidate {
        Candidate { phase: Some(phase), had: Some(had), phase_before: Some(phase), asked: None }
    }

    #[test]
    fn the_first_of_a_phase_is_recommended_by_default() {
        let roles = assign(&[new(Intended, None), new(Actual, None), new(Actual, None)]);
        assert_eq!(roles.unwrap(), [Recommended, Recommended, Triangulation]);
    }

    #[test]
    fn an_explicit_one_beats_the_default_and_two_are_refused() {
        let roles = assign(&[new(Actual, None), new(Actual, Some(Recommended))]);
        assert_eq!(roles.unwrap(), [Triangulation, Recommended]);
        let both = [new(Actual, Some(Recommended)), new(Actual, Some(Recommended))];
        assert_eq!(assign(&both), Err(TwoRecommended(0, 1)));
    }

    #[test]
    fn a_first_figure_that_says_otherwise_leaves_the_phase_without() {
        let roles = assign(&[new(Actual, Some(Triangulation)), new(Actual, None)]);
        assert_eq!(roles.unwrap(), [Triangulation, Triangulation]);
    }

    #[test]
    fn a_later_write_demotes_and_nothing_is_promoted() {
        let roles = assign(&[old(Actual, Recommended), new(Actual, Some(Recommended))]);
        assert_eq!(roles.unwrap(), [Triangulation, Recommended]);
        let demoted = Candidate { asked: Some(Triangulation), ..old(Actual, Recommended) };
        assert_eq!(assign(&[demoted, old(Actual, Triangulation)]).unwrap(), [Triangulation, Triangulation]);
    }

    #[test]
    fn a_recommended_figure_that_moves_wins_its_new_phase() {
        let moved = Candidate { phase: Some(Actual), ..old(Intended, Recommended) };
        assert_eq!(assign(&[old(Actual, Recommended), moved]).unwrap(), [Triangulation, Recommended]);
    }

    #[test]
    fn a_part_never_counts_as_the_first() {
        let part = Candidate { phase: None, ..new(Actual, None) };
        assert_eq!(assign(&[part, new(Actual, None)]).unwrap(), [Triangulation, Recommended]);
    }
}
