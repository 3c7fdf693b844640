# Series of many kinds, and what surveillance::farringtonFlexible tells of their last weeks.
#
#     Rscript tests/earlywarning/detectors/farrington.R tests/earlywarning/detectors/data
#
# writes farrington_series.csv.gz (a row a series) and farrington_told.csv.gz (a row a series, a
# week and a setting) into the folder; a number after it is of how many weeks it is told, 50 if it is
# not given. Needs the package surveillance; takes some minutes.

suppressMessages(library(surveillance))

weeks <- 400
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]
last <- if (length(given) > 1) as.integer(given[2]) else 50

set.seed(20130307)
time <- seq_len(weeks)

drawn <- function(mean, dispersion) {
  if (dispersion > 1) rnbinom(weeks, mu = mean, size = mean / (dispersion - 1))
  else rpois(weeks, mean)
}

seasonal <- function(level, height) level * exp(height * cos(2 * pi * time / 52))
trended <- function(level, change) level * exp(change * (time - weeks) / weeks)

with_outbreaks <- function(cases, many, size) {
  for (start in c(sample(weeks - 8, many), weeks - sample(2:45, 2))) {
    span <- start:min(weeks, start + 6)
    cases[span] <- cases[span] + rpois(length(span), size)
  }
  cases
}

series <- c(
  lapply(c(.02, .05, .1, .2, .4, .8), function(level) drawn(rep(level, weeks), 1)),
  lapply(c(.3, 1, 4, 15, 60, 400), function(level) drawn(seasonal(level, .8), 1.5)),
  lapply(c(-3, -1.5, -.5, .5, 1.5, 3), function(change) drawn(trended(5, change), 1.2)),
  lapply(c(2, 3, 5, 8), function(dispersion) drawn(rep(6, weeks), dispersion)),
  lapply(c(.1, .5, 2, 8, 30, 100), function(level)
    with_outbreaks(drawn(seasonal(level, .5), 2), 6, 3 + 2 * sqrt(level))),
  lapply(c(.05, .3, 3), function(level) with_outbreaks(drawn(trended(level, 2), 1), 4, 4)),
  lapply(c(60, 150, 250, 330, 352, 380), function(since)
    c(rep(0, since), drawn(rep(3, weeks), 1.5)[-seq_len(since)])),
  list(rep(0, weeks), replace(rep(0, weeks), weeks - c(0, 3, 9), c(6, 5, 1)), rep(2, weeks),
    rep(0:1, weeks / 2), pmax(0, time - 340) %/% 5, (time %% 52 < 9) * drawn(rep(9, weeks), 1))
)
cases <- do.call(rbind, series)

improved <- list(noPeriods = 10, b = 5, w = 3, pastWeeksNotIncluded = 26,
  weightsThreshold = 2.58, pThresholdTrend = 1, thresholdMethod = "nbPlugin")
settings <- list(
  default = list(),
  limited = list(limit54 = c(5, 4)),
  improved = improved,
  muan = modifyList(improved, list(thresholdMethod = "muan", pThresholdTrend = .05, alpha = .01)),
  plain = list(reweight = FALSE, trend = FALSE, powertrans = "1/2", noPeriods = 5),
  original = list(weightsThreshold = 1, b = 3, w = 2, alpha = .005),
  short = list(b = 2, w = 4, noPeriods = 7, pThresholdTrend = 1, powertrans = "none")
)

told <- lapply(names(settings), function(name) {
  asked <- modifyList(list(limit54 = c(0, 4), glmWarnings = FALSE, range = weeks - (last - 1):0),
    settings[[name]])
  found <- suppressWarnings(farringtonFlexible(sts(t(cases), frequency = 52), asked))
  values <- found@control
  data.frame(
    setting = name,
    series = rep(seq_len(nrow(cases)) - 1, each = last),
    week = rep(asked$range - 1, nrow(cases)),
    expected = signif(c(values$expected), 9),
    upper = signif(c(found@upperbound), 9),
    score = signif(c(values$score), 9),
    dispersion = signif(c(values$phiVector), 9),
    trend = as.integer(c(values$trend)),
    alarm = as.integer(c(found@alarm))
  )
})

write_zipped <- function(table, to, ...) {
  file <- gzfile(file.path(folder, to), "w", compression = 9)
  write.table(table, file, sep = ",", row.names = FALSE, quote = FALSE, ...)
  close(file)
}
write_zipped(cases, "farrington_series.csv.gz", col.names = FALSE)
write_zipped(do.call(rbind, told), "farrington_told.csv.gz", na = "")
