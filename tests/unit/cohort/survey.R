# What R's package `survey` says of a sample: one line for each question, its numbers in full.
# Arguments: the table, the design as an R call, and what becomes of lonely first-stage units.
suppressPackageStartupMessages(library(survey))
given <- commandArgs(trailingOnly = TRUE)
people <- read.csv(given[1])
options(survey.lonely.psu = given[3])
design <- eval(parse(text = given[2]))

say <- function(name, numbers) {
  cat(name, sprintf("%.15g", as.numeric(numbers)), "\n")
}

about <- function(name, design) {
  mean <- svymean(~sick, design, deff = "replace")
  say(paste0(name, ".share"), coef(mean))
  say(paste0(name, ".error"), SE(mean))
  say(paste0(name, ".effect"), deff(mean))
  say(paste0(name, ".freedom"), degf(design))
  say(paste0(name, ".beta"), attr(svyciprop(~sick, design, method = "beta"), "ci"))
  value <- svymean(~value, design)
  say(paste0(name, ".mean"), coef(value))
  say(paste0(name, ".mean_error"), SE(value))
  say(paste0(name, ".variance"), coef(svyvar(~value, design)))
}

drawn <- subset(design, weight > 0)
about("all", drawn)
about("group", subset(drawn, group == 1))
