# Arithmetic in two loops, one inside the other.
def run(n):
    total = 0
    mean = 0.0
    for i in range(n):
        for j in range(n):
            total += i * j % 7
            mean += 0.5 * i - j
    print(total, mean)


run(2000)
