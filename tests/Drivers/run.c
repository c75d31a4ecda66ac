// Runs a program and prints its exit status, processor time and time in milliseconds, and its largest resident size in MiB. A process of its own
// and a small one: what it forks begins with its size.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    struct timespec begun, ended;
    struct rusage usage;
    int status;
    if (count < 2)
        return 64;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    pid_t child = fork();
    if (child == 0)
    {
        execv(arguments[1], arguments + 1);
        _exit(127);
    }
    wait4(child, &status, 0, &usage);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%d %.3f %.3f %.3f\n", status,
        (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3,
        (ended.tv_sec - begun.tv_sec) * 1e3 + (ended.tv_nsec - begun.tv_nsec) / 1e6, usage.ru_maxrss / 1024.0);
    return status == 0 ? 0 : 1;
}
