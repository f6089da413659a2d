/** Texts about whether filters are structured or may be chance. */
export const verdict = {
  group: 'Verdicts',
  names: {
    structured: 'structured',
    emerging: 'emerging',
    random: 'random',
    undecidable: 'too small to tell',
    duplicate: 'duplicate',
    mirror: 'mirror pair',
    dead: 'dead',
    degenerate: 'degenerate',
  },
  meanings: {
    structured: 'The data shaped it: random weights hardly ever look like this.',
    emerging:
      'Perhaps: one random filter in twenty looks as structured. In the first layer of a run also where what training has changed in it is structured.',
    random: 'Not distinguishable from random weights. It may still be useful.',
    undecidable: 'It has too few weights for a test to tell it from chance.',
    duplicate: 'Nearly the same as an earlier filter of this layer.',
    mirror: 'Nearly an earlier filter with the opposite sign, as ReLU networks like to have them. No fault.',
    dead: 'Its weights are next to nothing beside those of the other filters.',
    degenerate: 'Flat, a single weight, or not a number: nothing to test.',
  },
  legend: {
    title: 'What the marks mean',
    method:
      'Each filter is compared with random weights of the same shape, whatever their scale. Of those called structured, about 5 in 100 are chance.',
    notUseful:
      'Structured is not the same as useful: a network that learns its labels by heart has structured filters too. And random filters can be useful: later layers can learn to combine them.',
    sources:
      'Maennel and others 2020: random labels shape weights as well. Gavrikov and Keuper 2023: random filters can be enough.',
  },
  bar: {
    label: 'Verdicts on the filters',
    all: 'all',
    allHint: 'Show all filters',
    none: 'No filter of this layer is {verdict} now.',
    showAll: 'Show all filters',
    looking: 'Comparing the filters with chance',
    failed: 'The verdicts are not known: {reason}',
    atBirth: 'look at birth',
    atStep: 'look at step {step}',
    momentHint: 'Filters are looked at at steps ever further apart: looks close together say nearly the same.',
  },
  layer: {
    title: 'Verdict',
    note: '{layer}',
    noteAtStep: '{layer}, step {step}',
    names: {
      structured: 'The layer as a whole is structured',
      emerging: 'The layer as a whole is emerging',
      random: 'The layer as a whole is not distinguishable from random',
      degenerate: 'The layer is degenerate',
      undecidable: 'The layer has too few weights to tell',
    },
    meanings: {
      structured: 'Half of its filters or more are structured.',
      emerging: 'It differs from random weights, though fewer than half of its filters do so one by one.',
      emergingByUpdate:
        'Its weights as they are may still be chance: what they were born as covers what they learn. What training has changed in them is not chance.',
      random: 'Random weights look like this in more than one layer of 200.',
      degenerate: 'Half of its filters or more are dead or degenerate, or they are far less varied than random ones.',
      undecidable: 'Its weights are too few for a test.',
    },
    structuredOf: '{count} of {all} structured',
    expected: ' (about 5 % of those called structured expected by chance)',
    emerging: '{count} emerging',
    random: '{count} random',
    undecidable: '{count} too small to tell',
    duplicates: '{count} duplicate | {count} duplicates',
    duplicateOf: '1 duplicate of {of}',
    mirrors: '{count} mirror pair | {count} mirror pairs',
    dead: '{count} dead',
    degenerate: '{count} degenerate',
    shares: 'Share of each verdict in the layer',
    stillRandom: 'Still random (π₀)',
    stillRandomHint:
      'The estimated share of the filters tested that random weights would match, with the range that holds it 95 times of 100 (Storey 2002). Few filters make it wide.',
    range: '{estimate} ({low} to {high})',
    chance: 'Layer by chance',
    chanceHint:
      'How often a layer of random weights looks as structured. Called structured or emerging from p ≤ 0.005.',
    update: 'Change by chance',
    updateHint:
      'How often changes of random directions look as structured as what training has added to these filters since birth. Only the first layer is asked: later ones change in a structured way on noise too.',
    rank: 'Effective rank',
    rankHint: 'How many filters of equal weight span as much (Roy and Vetterli 2007), of all filters.',
    rankOf: '{rank} of {filters}',
    diversity: 'Diversity',
    diversityHint: 'The effective rank divided by that of random filters: 100 % is as varied as chance makes them.',
    unknown: 'not known',
    orthogonal:
      'Its filters are more orthogonal than chance: they were drawn by an orthogonal initialisation. That says nothing about what they learned.',
    otherOrder:
      'As the file has them these weights look random, but read in the order {order} they are structured: they may have been exported in another axis order.',
    measures: 'Measures of the whole layer',
    waiting: 'Comparing {count} filter with chance | Comparing {count} filters with chance',
    noLook: 'The first look at the filters comes with the first kept step.',
    failed: 'The verdict is not known',
  },
  filter: {
    title: 'Why filter {filter} is called that',
    titleUnit: 'Why unit {filter} is called that',
    none: 'Select a filter on the wall to see the reasons for its verdict.',
    waiting: 'Measuring the filter',
    chance: 'By chance alone',
    chanceHint: 'All its measures together (Cauchy combination): how often a random filter looks as structured.',
    amongAll: 'Among all filters (q)',
    amongAllHint: 'p beside those of all filters of the layer (Benjamini and Hochberg 1995): structured from q ≤ 0.05.',
    notTested: 'not tested',
    duplicateOf: 'Nearly the same as',
    mirrorOf: 'The opposite of',
    other: 'filter {filter}',
    measures: 'Measures beside chance',
    noMeasures: 'There is nothing to test in this filter.',
    measuresNote:
      'Each curve is what random weights of the same shape give; the band holds 95 in 100 of them; the dot is this filter.',
    notMeant: {
      structured:
        'Structured means that the data shaped it. It does not mean useful: labels learned by heart leave structure too.',
      emerging: 'One random filter in twenty looks like this. A later look may tell.',
      emergingByUpdate:
        'As it is it cannot be told from chance yet, but what training has changed in it since birth is structured. A later look may tell.',
      random: 'That is not the same as useless: later layers can learn to combine random filters.',
      undecidable:
        'It may be structured or not: its weights are too few to tell. The layer as a whole can still be told.',
      duplicate: 'A copy adds nothing that its original does not give already.',
      mirror: 'ReLU cuts off what is below zero, so a network needs both signs of a pattern. It is no copy.',
      dead: 'It gives next to nothing to the layers behind it. Whether it can be left out, only the accuracy tells.',
      degenerate: 'A flat filter takes means, a single weight passes one pixel on: neither is a pattern to test.',
    },
  },
  sinceBirth: {
    title: 'Since birth',
    rotation: 'Rotation 1 − cos',
    distance: 'Distance ‖w − w₀‖ / ‖w₀‖',
    signFlips: 'Signs changed',
    update: 'Change, among all filters (q)',
    updateNote:
      'What training has added beside its birth, beside chance as the filter itself: structured from q ≤ 0.05. On noise it stays random.',
    note: 'That a filter moved does not show that it learned: training on noise moves filters too.',
  },
  history: {
    title: 'History',
    label: 'What filter {filter} was called at each look',
    at: 'step {step}: {verdict}',
    atBirth: 'birth: {verdict}',
    flip: 'Called {verdict} since step {step}, and at every look after.',
    always: 'Called {verdict} at every look.',
    bornStructured: 'It was already structured at birth: its first weights were, before it saw any data.',
    goTo: 'Click a look to go there.',
    none: 'There was no look yet.',
  },
  chance: {
    below: 'p < 1e-6',
    p: 'p = {value}',
    qBelow: 'q < 1e-6',
    q: 'q = {value}',
    plot: '{title}: {value}; random weights {from} to {to}',
  },
  measures: {
    smooth: {
      title: 'Smoothness',
      axis: 'roughness; 1 = random',
      outside:
        'Neighbouring weights resemble each other: roughness {value}, where random weights come to {from} to {to}.',
      opposite:
        'Neighbouring weights differ more than chance would have them: roughness {value}, where random weights come to {from} to {to}.',
      within: 'Neighbouring weights differ as random ones do: roughness {value}; chance gives {from} to {to}.',
    },
    spectrum: {
      title: 'Few patterns',
      axis: 'distance from an even spread, nats',
      outside:
        'Its energy sits in few spatial patterns such as edges, blobs or stripes: {value} nats; chance gives {from} to {to}.',
      within:
        'Its energy is spread over the spatial patterns as chance spreads it: {value} nats; chance gives {from} to {to}.',
    },
    shared: {
      title: 'One pattern in all channels',
      axis: 'share of the strongest pattern',
      outside:
        'Its input channels use the same spatial pattern: that makes up {value} of them; chance gives {from} to {to}.',
      within:
        'Its input channels have no pattern in common: the strongest makes up {value}; chance gives {from} to {to}.',
    },
    family: {
      title: 'Family likeness',
      axis: 'share made of what its sisters are made of',
      outside:
        'It is built from the same ingredients as its sisters: {value} of it; random filters share {from} to {to}.',
      within:
        'It has no more in common with its sisters than random filters have: {value}; chance gives {from} to {to}.',
    },
    selective: {
      title: 'Selective channels',
      axis: 'concentration on few channels',
      outside: 'It listens to few of its input channels: concentration {value}; chance gives {from} to {to}.',
      within: 'It listens to its input channels as evenly as random weights: {value}; chance gives {from} to {to}.',
    },
    nearest: {
      title: 'Nearest filter',
      axis: 'cosine with the nearest filter, without sign',
      outside:
        'Another filter of the layer points nearly the same or the opposite way: cosine {value}; chance gives {from} to {to}. It does not count for the verdict.',
      within: 'No other filter is nearer than chance brings one: cosine {value}; chance gives {from} to {to}.',
    },
    pooledSpectrum: {
      title: 'Few patterns, all filters together',
      axis: 'distance from an even spread, nats',
      outside: 'Taken together, the filters prefer few spatial patterns: {value} nats; chance gives {from} to {to}.',
      within: 'Taken together, the filters use all spatial patterns alike: {value} nats; chance gives {from} to {to}.',
    },
    effectiveRank: {
      title: 'Variety',
      axis: 'filters of equal weight',
      outside:
        'The filters are less varied than random ones: they span as much as {value}; random filters {from} to {to}.',
      within: 'The filters are as varied as random ones: they span as much as {value}; random filters {from} to {to}.',
    },
    varianceEntropy: {
      title: 'Entropy of the slices',
      axis: 'entropy, base 10',
      outside:
        'A few patterns make up all slices: entropy {value}; chance gives {from} to {to}. Published with the CNN Filter DB; it decides nothing here.',
      within:
        'The slices are as varied as random ones: entropy {value}; chance gives {from} to {to}. Published with the CNN Filter DB; it decides nothing here.',
    },
  },
  pane: {
    label: 'Verdict and its reasons',
    tabs: 'What the pane shows',
    curves: 'Curves',
    training: 'Training',
    verdict: 'Verdict',
    why: 'Why it is called that',
  },
  actions: {
    pane: 'Show the verdict and its reasons',
    leavePane: 'Leave the verdict',
    sort: 'Sort filters by verdict',
    sortIndex: 'Sort filters by index',
    next: 'Show only the filters of the next verdict',
    only: 'Show only filters that are {verdict}',
    all: 'Show filters of every verdict',
  },
}
