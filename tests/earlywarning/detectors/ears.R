# What the R package surveillance finds by EARS C2, kept in ears.csv beside this file.
#
#     Rscript tests/earlywarning/detectors/ears.R > tests/earlywarning/detectors/ears.csv
#
# Eight series of 80 weeks, rare to frequent, two of them with an outbreak. `upper` is the bound
# above which there is an alarm, at so many standard deviations (`z`, for alpha 0.001) and at least
# so great a standard deviation (`floor`); the first nine weeks have none.

suppressMessages(library(surveillance))
stopifnot(packageVersion("surveillance") == "1.20.3")
set.seed(1803)

weeks <- 80
means <- c(0.02, 0.05, 0.2, 0.5, 1, 3, 0.1, 10)
cases <- sapply(means, function(mean) rpois(weeks, mean))
cases[41:46, 7] <- cases[41:46, 7] + c(1, 0, 2, 3, 5, 8)
cases[61:63, 8] <- cases[61:63, 8] + c(10, 20, 30)

rows <- list()
for (series in seq_along(means)) {
  for (floor in c(0, 0.5, 1)) {
    counts <- sts(observed = cases[, series], frequency = 52)
    found <- earsC(counts, list(method = "C2", minSigma = floor, alpha = 0.001))
    kept <- 10:weeks
    rows[[length(rows) + 1]] <- data.frame(
      series = series - 1, floor = floor, week = kept - 1, cases = cases[kept, series],
      upper = signif(found@upperbound[, 1], 12), alarm = as.integer(found@alarm[, 1])
    )
  }
}
before <- data.frame(
  series = rep(seq_along(means) - 1, each = 9), floor = -1, week = rep(0:8, length(means)),
  cases = c(cases[1:9, ]), upper = NA, alarm = NA
)
write.csv(rbind(before, do.call(rbind, rows)), row.names = FALSE, na = "", quote = FALSE)
