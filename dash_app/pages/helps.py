"""What the help panel says about each screen: what is shown, how it was computed, how to read it, with source."""

from __future__ import annotations

from dash_app.page import Help

_SPOTIFY = "Spotify Web API reference, audio features object: meaning and range of the features."
_KEYS = " By keyboard: Tab goes to a chart, arrow keys from point to point, Enter does what a click does."

OVERVIEW = Help(
    shown="What the catalogue, or the selected part of it, is made of: counts, the balance of the genres, how each "
    "feature is distributed, what goes together, and which tracks are least like the others.",
    computed="Everything is counted from the selected tracks when you ask. Densities use a Gaussian kernel, "
    "correlations ranks (Spearman) or values (Pearson), differences are in standard deviations with a 95% interval.",
    read="Colour is the selection, grey the whole catalogue, a dashed brown line what you compare with. Click a bar, "
    "drag across a histogram or along an axis to select; click a cell of the correlations to draw the two features."
    f"{_KEYS} What a drag selects is set as a range in the filters, too.",
    sources=(
        _SPOTIFY,
        "Jost, Entropy and diversity, Oikos 113 (2006): the effective number of genres.",
        "Silverman, Density estimation for statistics and data analysis (1986): the bandwidth.",
        "Hedges and Olkin, Statistical methods for meta-analysis (1985): the intervals of differences.",
    ),
)

MAP = Help(
    shown="Every track as a point, near the tracks that sound like it; beside it what the selection holds and what "
    "sets it apart. Brown is what the selection is compared with, a brown rim both.",
    computed="Features are put on one scale and laid out by UMAP from exact nearest neighbours; by choice by their "
    "principal components, by t-SNE (a sample) or, after a thorough build, by UMAP in three dimensions. The sentence "
    "at the bottom says how far what is near on the map is near in sound (trustworthiness), and the other way round "
    "(continuity), beside the other layouts judged on the same tracks.",
    read="Near means alike; how far two distant groups lie apart, and how large a group is drawn, means little. Draw a "
    "lasso to select, in the layout you see; Shift adds another. Click a track to see what is near it, a name in the "
    "legend to select it. Three dimensions turn when you drag, or with the arrow keys; Shift and drag moves them. By "
    "keyboard: B shows a crosshair, Enter sets both corners of a box, the last one with Shift to add it, Alt to take "
    "it out, T opens the nearest track.",
    sources=(
        "McInnes, Healy and Melville, UMAP (2018).",
        "van der Maaten and Hinton, Visualizing data using t-SNE, JMLR 9 (2008).",
        "Venna and Kaski, Neighborhood preservation in nonlinear projection methods (2001): trustworthiness.",
    ),
)

GENRES = Help(
    shown="How well the genre of a track can be told from its audio features alone, genre by genre, and where it "
    "goes wrong; which two genres are hard to tell apart, what the model listens to, and how the models compare.",
    computed="Several models are compared on five folds that keep artists apart: every track is judged by a model that "
    "heard neither it nor, where artists are known, anything by them. Probabilities are calibrated on other folds.",
    read="A row of the confusions is what tracks with that label are taken for; a click on a cell selects those "
    f"tracks. Compare every score with always guessing the largest genre, and mind the intervals.{_KEYS}",
    sources=(
        "Flexer, A closer look on artist filters for musical genre classification, ISMIR (2007).",
        "Breiman, Random forests, Machine Learning 45 (2001): permutation importance.",
        "Friedman (2001) and Goldstein et al. (2015): partial dependence and single tracks.",
        "Guo et al., On calibration of modern neural networks, ICML (2017).",
    ),
)

POPULARITY = Help(
    shown="How much of a track's popularity its sound explains, which is little, and what popularity looks like by "
    "genre.",
    computed="Models are judged on tracks by unseen artists, where artists are known; each prediction comes with an "
    "interval that held nine in ten tracks it had not seen.",
    read="Popularity is Spotify's 0 to 100 score at the time of collection, mostly of recent plays: it says as much "
    "about fame and date as about sound. An association here is no advice for making hits.",
    sources=(
        "Spotify Web API reference, track object: popularity.",
        "Romano, Patterson and Candes, Conformalized quantile regression, NeurIPS (2019).",
        "Friedman (2001) and Goldstein et al. (2015): partial dependence and single tracks.",
        "Apley and Zhu, Visualizing the effects of predictor variables, JRSS B (2020): local effects.",
    ),
)

TRENDS = Help(
    shown="How features and shares of genres change over release years or along another feature, decade beside "
    "decade, and in which years a feature changed its course.",
    computed="Tracks are put into bins along the axis; lines are medians with an interval from order statistics, "
    "slopes are tested with a correction for asking many questions, changes of course are told with how often they "
    "come back in resamples.",
    read="The band is how sure the median is, not how far tracks scatter. A catalogue is a choice: what is listed from "
    "the 1960s is what is still listened to. Dates are never made up. By keyboard: arrow keys read a chart's points; "
    "the years that a drag selects are set in the filters.",
    sources=(
        "Theil (1950) and Sen (1968): robust slopes.",
        "Benjamini and Hochberg, Controlling the false discovery rate (1995).",
        "Killick, Fearnhead and Eckley, Optimal detection of changepoints (2012).",
        "Mauch et al., The evolution of popular music: USA 1960-2010 (2015).",
    ),
)

SIMILAR = Help(
    shown="The tracks nearest to one track, and which features they share with it.",
    computed="Distance in a space learned from the features of this catalogue; each recording is listed once, however "
    "many ids it has.",
    read="Search for a track or click one anywhere. The bars say how high the track stands among all tracks, and where "
    "its neighbours stand; a short bar between them is what they share.",
    sources=(
        _SPOTIFY,
        "Flexer and Grill, The problem of limited inter-rater agreement in modelling similarity (2016).",
    ),
)

WHAT_IF = Help(
    shown="What the models would say of a track that does not exist: move its features and watch genre and popularity.",
    computed="The same models as on Genres and Popularity answer for the values set here: those that hear the sound "
    "alone, unless you choose those that also know the release. Contributions add up to a model's answer: those of a "
    "regression are its terms, those of boosted trees exact TreeSHAP values, those of neural networks integrated "
    "gradients from the average track, and a mixture of models mixes them; each card says which. The smallest change "
    "is looked for among real tracks and walked back from there.",
    read="It shows how the model thinks, not what would happen if a song were changed. Combinations that no track has "
    f"are guesses, and marked so where they can be told.{_KEYS}",
    sources=(
        "Lundberg et al., From local explanations to global understanding with explainable AI for trees (2020).",
        "Sundararajan, Taly and Yan, Axiomatic attribution for deep networks, ICML (2017): integrated gradients.",
        "Poyiadzi et al., FACE: feasible and actionable counterfactual explanations (2020).",
        "Vovk, Gammerman and Shafer, Algorithmic learning in a random world (2005): prediction sets.",
    ),
)

MODELS = Help(
    shown="Every model that was learned from this catalogue: what for, from what, how it was judged, how well it does "
    "for which genres and decades, and what it cannot do.",
    computed="Cards are written from the manifest of the bundle, so that they cannot differ from what answers. Scores "
    "by group are of tracks that the model had not seen, with intervals from resampling artists, where they are known.",
    read="Hold each score against what knows nothing, and mind the intervals: two scores whose intervals overlap may "
    "be the same.",
    sources=("Mitchell et al., Model cards for model reporting, FAccT (2019).",),
)

CLUSTERS = Help(
    shown="Cuts of the catalogue into 2 to 20 groups by sound: how the number was chosen, what sets each group apart, "
    "how it lies to the genres, and beside them regions that are denser than the rest; at the end how far the map of "
    "all that can be believed.",
    computed="K-means on standardised features, each number judged by silhouette, Davies-Bouldin, Calinski-Harabasz "
    "and by how alike it comes out on halves of the tracks; the best mean rank is chosen. Differences are Cohen's d "
    "with 95% intervals. HDBSCAN needs no number and leaves what is not dense in no island.",
    read="Sound is a continuum: a cut is useful for finding one's way, as counties are on a map, and is no discovery "
    "of genres. Trust a cut that comes out alike when tracks are cut anew, and mind the agreement with the genres."
    f"{_KEYS}",
    sources=(
        "Rousseeuw (1987), Davies and Bouldin (1979), Calinski and Harabasz (1974): the criteria.",
        "Ben-Hur, Elisseeff and Guyon, A stability based method for discovering structure (2002).",
        "Kaufman and Rousseeuw, Finding groups in data (1990): what a silhouette is worth.",
        "Campello, Moulavi and Sander, Density-based clustering based on hierarchical density estimates (2013).",
        "Venna and Kaski, Neighborhood preservation in nonlinear projection methods (2001).",
    ),
)

TAGS = Help(
    shown="Which of many genre tags a track carries, as a model tells from its sound: how well, tag by tag; for one "
    "track what it says beside the model of the one genre; over the selection how often the two agree.",
    computed="Neural networks, alone or averaged with a random forest, learned on tracks that carry tags, judged on "
    "artists they had not heard. From which probability a tag is named was tuned on other folds than it is judged on. "
    "Which tag goes with which genre is measured: by the correlation of what both models say of unseen tracks.",
    read="Hold every score against knowing only how common each tag is. Tags do not exclude each other and need not "
    "add up to 100%; many are given to artists, not to tracks. Where the models differ, listen.",
    sources=(
        "Tsoumakas, Katakis and Vlahavas, Mining multi-label data (2010): ranking precision (LRAP).",
        "Lipton, Elkan and Naryanaswamy, Optimal thresholding of classifiers to maximize F1 measure (2014).",
        "Cohen, Statistical power analysis for the behavioral sciences (1988): correlations from 0.5 are large.",
    ),
)

QUALITY = Help(
    shown="What was read from the files of this catalogue: every row that was kept, merged, joined or rejected, each "
    "column with what is missing, its range and what is odd in it, and which tags were made which genres.",
    computed="Rows are counted while they are read: read = kept + merged + rejected + joined. A row is rejected where "
    "it cannot be used; a value that cannot be, such as an energy of 7, is set missing and its row kept. Rows of one "
    "track, and of one recording under several ids, become one. Columns are described before rows are merged.",
    read="Look first at the largest reason of rejection and at columns of which much is missing: what is learned "
    "knows nothing else. Bars show how values spread; a spike may be a default that stands for not known. It is all "
    "about the whole catalogue, whatever is selected.",
    sources=(
        _SPOTIFY,
        "Wang and Strong, Beyond accuracy: what data quality means to data consumers (1996).",
        "Sturm, The GTZAN dataset: its contents, its faults, their effects on evaluation (2013): repeats and labels.",
    ),
)

CATALOGUES = Help(
    shown="The catalogues that were built, with what each holds, what it lacks and how well it can be learned from; "
    "below, how another one is made from a table of your own or from a public one.",
    computed="The files you bring are read once without learning anything: columns are recognised by name, then by "
    "their values, and shown for you to correct. A build then learns every model whose fields are there, in the "
    "background, and takes the place of the old one only when it is whole. Files of public catalogues are held "
    "against their hashes.",
    read="Open shows a catalogue on all screens, Quality what became of its rows. Scores of two catalogues are of "
    "different tracks and genres and cannot be ranked. Mind the licence of a public one, which its card names.",
    sources=(
        _SPOTIFY,
        "TidyTuesday, 21 January 2020: Spotify songs, in six playlist genres.",
        "Defferrard et al., FMA: a dataset for music analysis, ISMIR (2017).",
    ),
)
