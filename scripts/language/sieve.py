# Items of a list, read and replaced: the primes below one million.
def sieve(n):
    is_prime = [True] * (n + 1)
    count = 0
    for i in range(2, n + 1):
        if is_prime[i]:
            count += 1
            for j in range(i * i, n + 1, i):
                is_prime[j] = False
    return count


print(sieve(1_000_000))
