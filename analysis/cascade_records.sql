-- What studies of networks on images found: tables that `orchid reproduce edge-cloud-cooperation` adds to its database.

-- A network that was trained and evaluated. Images to test with had no part in any choice.
CREATE TABLE IF NOT EXISTS image_networks (
    data            TEXT NOT NULL,          -- set of images
    seed            INTEGER NOT NULL,       -- of the split and the training
    version         TEXT NOT NULL,          -- of the program
    network         TEXT NOT NULL,          -- heavy, or the compressor that made it of that
    place           INTEGER NOT NULL,       -- order among them
    parameters      INTEGER NOT NULL,
    macs            INTEGER NOT NULL,       -- multiply-accumulates of an inference
    bytes           INTEGER NOT NULL,       -- of the file it is saved to
    evaluations     INTEGER NOT NULL,       -- networks that the compressor tried
    tune_right      INTEGER NOT NULL,       -- of the images to tune with
    tune_images     INTEGER NOT NULL,
    test_right      INTEGER NOT NULL,       -- of the images to test with
    test_images     INTEGER NOT NULL,
    int8_bytes      INTEGER NOT NULL,       -- the same network in whole numbers of 8 bits
    int8_test_right INTEGER NOT NULL,
    PRIMARY KEY (data, seed, version, network)
) WITHOUT ROWID;

-- How a rule decides which light answers are sent on to the heavy network, on images that neither it nor any network
-- has seen: numbers of images.
CREATE TABLE IF NOT EXISTS offload_decisions (
    data          TEXT NOT NULL,
    seed          INTEGER NOT NULL,
    version       TEXT NOT NULL,
    criterion     TEXT NOT NULL,            -- what thresholds were chosen for: decisions or balanced
    rule          TEXT NOT NULL,
    place         INTEGER NOT NULL,         -- order among them
    sent_rightly  INTEGER NOT NULL,         -- light wrong, heavy right
    sent_in_vain  INTEGER NOT NULL,
    kept_rightly  INTEGER NOT NULL,
    missed        INTEGER NOT NULL,
    right_at_last INTEGER NOT NULL,         -- images whose final answer is right
    auc           REAL,                     -- area under the ROC curve; NULL: the rule has no score
    PRIMARY KEY (data, seed, version, criterion, rule)
) WITHOUT ROWID;
