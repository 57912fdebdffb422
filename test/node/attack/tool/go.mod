module openclaw.invalid/test/attack

go 1.26.0
