//! How an excess spreads along calls: what can have reached the target, and what callees explain.

use std::collections::VecDeque;

use super::adjacent;

/// A node without an excess may hide one beneath it (a mean over many endpoints, say): so much passes it all the same.
const LEAK: f64 = 0.2;

/// Calls between measured nodes, as seen from the target. Who is not measured passes everything on.
#[derive(Debug)]
pub(super) struct Web {
    target: usize,
    callees: Vec<Vec<usize>>,
    callers: Vec<Vec<usize>>,
    /// Hops from the target.
    depth: Vec<usize>,
    /// Nodes that call each other in circles share a number.
    circle: Vec<usize>,
}

impl Web {
    pub(super) fn new(edges: &[(usize, usize)], measured: &[bool], target: usize) -> Self {
        let direct = adjacent(edges, measured.len());
        let callees: Vec<Vec<usize>> = (0..measured.len())
            .map(|node| if measured[node] { measured_beneath(&direct, measured, node) } else { Vec::new() })
            .collect();
        let mut callers = vec![Vec::new(); measured.len()];
        for (caller, beneath) in callees.iter().enumerate() {
            for &callee in beneath {
                callers[callee].push(caller);
            }
        }
        let depth = depths(&callees, target);
        let circle = circles(&callees, &callers);
        Self { target, callees, callers, depth, circle }
    }

    /// The most of each node's excess that can have reached the target: the least along the best chain of calls.
    pub(super) fn flow(&self, excess: &[f64]) -> Vec<f64> {
        let mut flow = vec![0.0; excess.len()];
        flow[self.target] = excess[self.target];
        let mut passed = flow.clone();
        let mut queue = VecDeque::from([self.target]);
        while let Some(caller) = queue.pop_front() {
            for &callee in &self.callees[caller] {
                let reaches = excess[callee].min(passed[caller]);
                let passes = reaches.max(passed[caller] * LEAK);
                if reaches > flow[callee] || passes > passed[callee] {
                    flow[callee] = reaches.max(flow[callee]);
                    passed[callee] = passes.max(passed[callee]);
                    queue.push_back(callee);
                }
            }
        }
        flow
    }

    /// The share of each node's excess that its callees do not explain. What a callee has in excess is divided among its
    /// callers by theirs. Within a circle only those further from the target explain.
    pub(super) fn own(&self, excess: &[f64]) -> Vec<f64> {
        let explained = |node: usize| -> f64 {
            let beneath = self.callees[node].iter().filter(|&&callee| {
                self.circle[callee] != self.circle[node] || self.depth[callee] > self.depth[node]
            });
            beneath
                .map(|&callee| {
                    let of_callers: f64 = self.callers[callee].iter().map(|&caller| excess[caller]).sum();
                    if of_callers > 0.0 { excess[callee] * excess[node] / of_callers } else { 0.0 }
                })
                .sum()
        };
        let own = |node: usize| (1.0 - explained(node) / excess[node]).max(0.0);
        (0..excess.len()).map(|node| if excess[node] > 0.0 { own(node) } else { 0.0 }).collect()
    }
}

/// The measured nodes that a node calls, also through such as are not measured.
fn measured_beneath(direct: &[Vec<usize>], measured: &[bool], node: usize) -> Vec<usize> {
    let mut is_seen = vec![false; direct.len()];
    is_seen[node] = true;
    let (mut found, mut open) = (Vec::new(), vec![node]);
    while let Some(at) = open.pop() {
        for &callee in &direct[at] {
            if !std::mem::replace(&mut is_seen[callee], true) {
                if measured[callee] { found.push(callee) } else { open.push(callee) }
            }
        }
    }
    found
}

fn depths(callees: &[Vec<usize>], target: usize) -> Vec<usize> {
    let mut depth = vec![usize::MAX; callees.len()];
    depth[target] = 0;
    let mut queue = VecDeque::from([target]);
    while let Some(node) = queue.pop_front() {
        for &callee in &callees[node] {
            if depth[callee] == usize::MAX {
                depth[callee] = depth[node] + 1;
                queue.push_back(callee);
            }
        }
    }
    depth
}

/// Strongly connected components, by Kosaraju's two passes.
fn circles(callees: &[Vec<usize>], callers: &[Vec<usize>]) -> Vec<usize> {
    let mut is_seen = vec![false; callees.len()];
    let mut finished = Vec::with_capacity(callees.len());
    for start in 0..callees.len() {
        let mut path =
            if std::mem::replace(&mut is_seen[start], true) { Vec::new() } else { vec![(start, 0)] };
        while let Some((node, next)) = path.last_mut() {
            if let Some(&callee) = callees[*node].get(*next) {
                *next += 1;
                if !std::mem::replace(&mut is_seen[callee], true) {
                    path.push((callee, 0));
                }
            } else {
                finished.push(*node);
                path.pop();
            }
        }
    }
    let mut circle = vec![usize::MAX; callees.len()];
    for &start in finished.iter().rev() {
        let mut open = vec![start];
        while let Some(node) = open.pop() {
            if circle[node] == usize::MAX {
                circle[node] = start;
                open.extend(callers[node].iter().filter(|&&caller| circle[caller] == usize::MAX));
            }
        }
    }
    circle
}
